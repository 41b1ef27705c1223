//! What the function `type` of `terraform console` prints: the types that no other output of Terraform tells of a value
//! that is not known.

use serde_json::{Map, Value, json};

/// Reads a type and gives it as Terraform writes types in JSON: `"string"`, `["list", "string"]`, `["object", {…}]`.
///
/// # Errors
/// At which line it cannot be understood.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    one(first, &mut lines, 0)
}

/// A line without what it is indented by: a name may begin with spaces too.
fn indented(line: &str, depth: usize) -> &str {
    line.strip_prefix(&" ".repeat(4 * depth)).unwrap_or_else(|| line.trim_start())
}

/// Reads the type that begins with a line.
fn one<'a>(line: &str, rest: &mut impl Iterator<Item = &'a str>, depth: usize) -> Result<Value, String> {
    let line = line.strip_suffix(',').unwrap_or(line);
    if ["string", "number", "bool", "dynamic"].contains(&line) {
        return Ok(json!(line));
    }
    match line.split_once('(') {
        Some(("tuple", "[")) => tuple(rest, depth + 1),
        Some(("tuple", "[])")) => Ok(json!(["tuple", []])),
        Some(("object", "{")) => object(rest, depth + 1),
        Some(("object", "{})")) => Ok(json!(["object", {}])),
        Some((outer @ ("list" | "set" | "map"), "")) => {
            let inner = one(indented(rest.next().unwrap_or_default(), depth + 1), rest, depth + 1)?;
            rest.next();
            Ok(json!([outer, inner]))
        }
        Some((outer @ ("list" | "set" | "map"), inner)) => {
            let inner = one(inner.strip_suffix(')').unwrap_or(inner), rest, depth)?;
            Ok(json!([outer, inner]))
        }
        _ => Err(format!("cannot read the type {line:?}")),
    }
}

fn tuple<'a>(rest: &mut impl Iterator<Item = &'a str>, depth: usize) -> Result<Value, String> {
    let mut elements = Vec::new();
    loop {
        match rest.next() {
            Some(line) if line.trim_start().starts_with("])") => return Ok(json!(["tuple", elements])),
            Some(line) => elements.push(one(indented(line, depth), rest, depth)?),
            None => return Err("a tuple does not end".to_owned()),
        }
    }
}

fn object<'a>(rest: &mut impl Iterator<Item = &'a str>, depth: usize) -> Result<Value, String> {
    let mut attributes = Map::new();
    loop {
        let line = rest.next().ok_or("an object does not end")?;
        if line.trim_start().starts_with("})") {
            return Ok(json!(["object", attributes]));
        }
        let (name, kind) =
            indented(line, depth).rsplit_once(": ").ok_or_else(|| format!("cannot read {line:?}"))?;
        let name = serde_json::from_str(name).unwrap_or_else(|_| name.to_owned());
        attributes.insert(name, one(kind, rest, depth)?);
    }
}
