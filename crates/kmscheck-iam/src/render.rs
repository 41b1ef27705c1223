//! Statements for people: JSON, one element a line.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use kmscheck_value::Text;

use crate::{Clause, List, Principal, PrincipalCategory, Statement};

/// What stands for elements of a list that are not known.
const MORE: &str = "…";

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut elements = Vec::new();
        if let Some(sid) = &self.sid {
            elements.push(element("Sid", &string(sid)));
        }
        let effect = self.effect.known().map_or(MORE, |effect| effect.name());
        elements.push(element("Effect", &quoted(effect)));
        elements.extend(clause("Principal", &self.principals, principals));
        elements.extend(clause("Action", self.actions.written(), strings));
        elements.extend(clause("Resource", &self.resources, strings));
        if !self.conditions.is_empty() {
            elements.push(element("Condition", &self.conditions_json()));
        }
        write!(f, "{{\n  {}\n}}", elements.join(",\n  "))
    }
}

impl Statement {
    fn conditions_json(&self) -> String {
        let mut operators: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for condition in &self.conditions {
            let comparison = element(&condition.key.to_string(), &strings(&condition.values));
            operators.entry(condition.operator.to_string()).or_default().push(comparison);
        }
        object(operators.iter().map(|(operator, keys)| element(operator, &object(keys.iter().cloned()))))
    }
}

fn clause<T>(name: &str, clause: &Clause<T>, show: impl Fn(&List<T>) -> String) -> Option<String> {
    match clause {
        Clause::Only(list) => Some(element(name, &show(list))),
        Clause::Not(list) => Some(element(&format!("Not{name}"), &show(list))),
        Clause::Absent => None,
    }
}

fn principals(list: &List<Principal>) -> String {
    if let [principal] = list.items.as_slice()
        && principal.category == PrincipalCategory::Bare
    {
        return string(&principal.written);
    }
    let mut categories: BTreeMap<String, List<Text>> = BTreeMap::new();
    for principal in list {
        let category = categories.entry(principal.category.to_string()).or_default();
        category.items.push(principal.written.clone());
    }
    let mut shown: Vec<_> = categories.iter().map(|(name, texts)| element(name, &strings(texts))).collect();
    shown.extend(list.more.as_ref().map(|_| MORE.to_owned()));
    object(shown.into_iter())
}

fn strings(list: &List<Text>) -> String {
    match (list.items.as_slice(), &list.more) {
        ([one], None) => string(one),
        (items, more) => {
            let mut shown: Vec<_> = items.iter().map(string).collect();
            shown.extend(more.as_ref().map(|_| MORE.to_owned()));
            format!("[{}]", shown.join(", "))
        }
    }
}

fn object(elements: impl Iterator<Item = String>) -> String {
    let mut text = String::from("{");
    for (position, element) in elements.enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{element}");
    }
    text.push('}');
    text
}

fn element(name: &str, json: &str) -> String {
    format!("{}: {json}", quoted(name))
}

/// A text as JSON has it. One that must not be shown is hidden.
fn string(text: &Text) -> String {
    quoted(&text.to_string())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use crate::Document;

    fn shown(json: &str) -> String {
        let document = Document::parse(&format!(r#"{{"Statement": [{json}]}}"#).as_str().into()).unwrap();
        document.statements.first().unwrap().to_string()
    }

    #[test]
    fn a_statement_is_shown_as_json_with_one_element_a_line() {
        let statement = r#"{
  "Sid": "A \"quoted\" one",
  "Effect": "Allow",
  "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/a"], "Service": "s3.amazonaws.com"},
  "NotAction": ["kms:Decrypt", "kms:Encrypt"],
  "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalOrgID": "o-1", "kms:CallerAccount": ["1", "2"]}}
}"#;
        assert_eq!(shown(statement), statement);
    }

    #[test]
    fn everyone_has_no_category() {
        let statement = "{\n  \"Effect\": \"Deny\",\n  \"Principal\": \"*\",\n  \"Action\": \"kms:*\"\n}";
        assert_eq!(shown(statement), statement);
    }
}
