//! What the function `type` of `terraform console` prints: the types that no other output of Terraform tells of a value
//! that is not known.

use serde_json::{Map, Value, json};

/// Reads a type and gives it as Terraform writes types in JSON: `"string"`, `["list", "string"]`, `["object", {…}]`.
///
/// # Errors
/// At which line it cannot be understood.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let mut lines = text.lines().map(str::trim_start);
    let first = lines.next().unwrap_or_default();
    one(first, &mut lines)
}

/// Reads the type that begins with a line.
fn one<'a>(line: &str, rest: &mut impl Iterator<Item = &'a str>) -> Result<Value, String> {
    let line = line.strip_suffix(',').unwrap_or(line);
    if ["string", "number", "bool", "dynamic"].contains(&line) {
        return Ok(json!(line));
    }
    match line.split_once('(') {
        Some(("tuple", "[")) => tuple(rest),
        Some(("tuple", "[])")) => Ok(json!(["tuple", []])),
        Some(("object", "{")) => object(rest),
        Some(("object", "{})")) => Ok(json!(["object", {}])),
        Some((outer @ ("list" | "set" | "map"), "")) => {
            let inner = one(rest.next().unwrap_or_default(), rest)?;
            rest.next();
            Ok(json!([outer, inner]))
        }
        Some((outer @ ("list" | "set" | "map"), inner)) => {
            let inner = one(inner.strip_suffix(')').unwrap_or(inner), rest)?;
            Ok(json!([outer, inner]))
        }
        _ => Err(format!("cannot read the type {line:?}")),
    }
}

fn tuple<'a>(rest: &mut impl Iterator<Item = &'a str>) -> Result<Value, String> {
    let mut elements = Vec::new();
    loop {
        match rest.next() {
            Some(line) if line.starts_with("])") => return Ok(json!(["tuple", elements])),
            Some(line) => elements.push(one(line, rest)?),
            None => return Err("a tuple does not end".to_owned()),
        }
    }
}

fn object<'a>(rest: &mut impl Iterator<Item = &'a str>) -> Result<Value, String> {
    let mut attributes = Map::new();
    loop {
        let line = rest.next().ok_or("an object does not end")?;
        if line.starts_with("})") {
            return Ok(json!(["object", attributes]));
        }
        let (name, kind) = line.rsplit_once(": ").ok_or_else(|| format!("cannot read {line:?}"))?;
        let name = serde_json::from_str(name).unwrap_or_else(|_| name.to_owned());
        attributes.insert(name, one(kind, rest)?);
    }
}
