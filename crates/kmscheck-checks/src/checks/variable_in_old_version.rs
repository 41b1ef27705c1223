use kmscheck_graph::Node;
use kmscheck_iam::{Condition, KeyPolicy, Statement};
use kmscheck_value::{Because, Piece, Text, Truth};

use super::policies::{is_chosen, on_condition, on_statement, rest};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A policy variable, `${…}`, in the resources or the conditions of a key policy whose `Version` is not `2012-10-17`. A
    /// policy without `Version` is of version `2008-10-17`.
    ///
    /// # Why it matters
    ///
    /// Only version `2012-10-17` knows variables. In any other document `${aws:PrincipalTag/team}` is plain text: the condition
    /// compares with a dollar sign and braces, and not with the tag of whoever calls.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2008-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:EncryptionContext:team" = "$${aws:PrincipalTag/team}" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// data "aws_caller_identity" "current" {}
    ///
    /// locals {
    ///   account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:role/app" }
    ///         Action    = "kms:Decrypt"
    ///         Resource  = "*"
    ///         Condition = { StringEquals = { "kms:EncryptionContext:team" = "$${aws:PrincipalTag/team}" } }
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Documents of `data.aws_iam_policy_document`, which are of version `2012-10-17` unless they say otherwise. Elements that
    /// know no variables in any version, such as `Principal`.
    ///
    /// # References
    ///
    /// - [IAM JSON policy elements: Version](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)
    /// - [IAM policy elements: variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
    id: "variable-in-old-version",
    summary: "A policy variable is plain text in the version of its document",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct VariableInOldVersion;

/// A variable that is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlainText {
    /// What holds it.
    text: String,
    /// The condition key that is compared with it; `None` in a resource.
    key: Option<String>,
    /// The `Version` of the document, if it has one.
    version: Option<String>,
}

impl Check for VariableInOldVersion {
    type Subject<'g> = &'g Part<'g>;
    type Fact = PlainText;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<PlainText> {
        let (policy, statement) = match part {
            Part::Statement(_, policy, statement) => (*policy, statement),
            Part::Rest(holder) => {
                let policy = cx.graph.policy_of(*holder).ok()?;
                let is_new = policy.is_some_and(|policy| policy.has_policy_variables().is_yes());
                return if is_new { Ok(None) } else { rest(cx, *holder).map(|()| None) };
            }
        };
        if policy.has_policy_variables().is_yes() {
            return Ok(None);
        }
        let Some((text, condition)) = texts(statement).find(|(text, _)| has_variable(text)) else {
            return unclear(statement).map_or(Ok(None), Err);
        };
        if policy.has_policy_variables() == Truth::Unknown {
            return Err(Because::new("the `Version` of the policy is not known"));
        }
        // The newest version of all documents that are put together is the one that counts.
        match policy.more() {
            Some(because) => Err(because.clone()),
            None => Ok(Some(plain_text(policy, text, condition))),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, found: PlainText) -> Finding {
        let PlainText { text, key, version } = &found;
        let document = match version {
            Some(version) => format!("of version {version}"),
            None => "without `Version`".to_owned(),
        };
        let meaning = match key {
            Some(key) => format!("`{key}` is compared with these very letters"),
            None => "the resource has these very letters in its name".to_owned(),
        };
        let message =
            format!("In a policy {document}, `{text}` holds no variable but plain text: {meaning}.");
        let finding =
            Finding::new(&METADATA, self.bearer(cx, part), message, "Set `Version` to `2012-10-17`.");
        if key.is_some() { on_condition(cx, part, finding) } else { on_statement(cx, part, finding) }
    }
}

fn plain_text(policy: KeyPolicy<'_>, text: &Text, condition: Option<&Condition>) -> PlainText {
    PlainText {
        text: text.to_string(),
        key: condition.map(|condition| condition.key.to_string()),
        version: policy.version().map(Text::to_string),
    }
}

/// What may have variables: values of conditions, and resources.
/// Source: IAM user guide, "IAM policy elements: variables", where you can use policy variables.
fn texts(statement: &Statement) -> impl Iterator<Item = (&Text, Option<&Condition>)> {
    let values = statement
        .conditions
        .iter()
        .flat_map(|condition| condition.values.iter().map(move |value| (value, Some(condition))));
    let resources = statement.resources.list().into_iter().flatten();
    values.chain(resources.map(|resource| (resource, None)))
}

/// Why a statement may have a variable that is not known, if that is so.
fn unclear(statement: &Statement) -> Option<Because> {
    let values = statement.conditions.iter().find_map(|condition| condition.values.more.as_ref());
    let resources = statement.resources.list().and_then(|list| list.more.as_ref());
    let more = statement.conditions.more.as_ref().or(values).or(resources).cloned();
    let symbol = || texts(statement).find(|(text, _)| text.pieces().iter().any(is_chosen));
    more.or_else(|| symbol().map(|(text, _)| Because::new(format!("`{text}` is not known"))))
}

/// Whether `${…}` is in a text. What stands for something unknown may be within the braces.
fn has_variable(text: &Text) -> bool {
    let literals: String = text.pieces().iter().map(literal).collect();
    literals.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}

fn literal(piece: &Piece) -> &str {
    match piece {
        Piece::Literal(literal) => literal,
        // It keeps `$` and `{` apart that are not written side by side.
        Piece::Symbol(_) => " ",
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_value::Symbol;
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&VariableInOldVersion);
    }

    const VARIABLE: &str = "${aws:PrincipalTag/team}";

    fn key(version: Option<&str>, principal: &str, resource: &Value, value: &Value) -> Vec<Planned> {
        let condition = json!({"StringEquals": {"kms:EncryptionContext:team": value}});
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:Decrypt", "Resource": resource, "Condition": condition});
        let mut policy = json!({"Statement": [statement]});
        if let Some(version) = version {
            policy["Version"] = json!(version);
        }
        vec![create("aws_kms_key.a", json!({"policy": policy.to_string()}))]
    }

    fn judge(version: Option<&str>, value: &Value) -> bool {
        !verdicts(&VariableInOldVersion, key(version, "*", &json!("*"), value)).is_empty()
    }

    #[test]
    fn only_the_new_version_knows_variables() {
        assert!(!judge(Some("2012-10-17"), &json!(VARIABLE)));
        for version in [None, Some("2008-10-17"), Some("2012-10-18"), Some("")] {
            assert!(judge(version, &json!(VARIABLE)), "{version:?}");
            assert!(!judge(version, &json!("app")), "{version:?}");
        }
    }

    #[test]
    fn a_variable_has_both_braces() {
        for value in ["a-${aws:userid}", "${*}", "$${a}", "}${a}", "${aws:PrincipalTag/team, 'none'}"] {
            assert!(judge(None, &json!(["app", value])), "{value}");
        }
        for value in ["$", "${", "}${", "$a}", "{aws:userid}", "$ {a}"] {
            assert!(!judge(None, &json!(value)), "{value}");
        }
    }

    #[test]
    fn resources_have_variables_and_principals_have_none() {
        let judge = |principal: &str, resource: &str| {
            verdicts(&VariableInOldVersion, key(None, principal, &json!(["*", resource]), &json!("a"))).len()
        };
        assert_eq!(judge("arn:aws:iam::111122223333:role/${aws:userid}", "*"), 0);
        assert_eq!(judge("*", "arn:aws:kms:*:*:key/${aws:userid}"), 1);
    }

    #[test]
    fn symbols_may_be_within_the_braces() {
        let symbol = || Piece::Symbol(Symbol::new("terraform_data.a", "output"));
        let with = |before: &str, after: &str| {
            has_variable(&Text::concat([
                Piece::Literal(before.into()),
                symbol(),
                Piece::Literal(after.into()),
            ]))
        };
        assert!(with("${aws:PrincipalTag/", "}"));
        assert!(with("", "${aws:userid}"));
        assert!(!with("$", "{a}"));
        assert!(!with("a", "b"));
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let key = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&VariableInOldVersion, vec![key]), ["undetermined aws_kms_key.a"]);
    }

    /// A document that the provider puts together, with what is not known.
    fn document(version: &Value, condition: &Value, resources: &Value, source: Option<Value>) -> Vec<String> {
        let principals = json!([{"type": "AWS", "identifiers": ["*"]}]);
        let statement = json!([{"actions": ["kms:*"], "resources": resources, "principals": principals, "condition": condition}]);
        let mut document = json!({"version": version, "statement": statement, "json": {"$computed": true}});
        if let Some(source) = source {
            document["source_policy_documents"] = source;
        }
        let document = create("data.aws_iam_policy_document.a", document);
        let key = create("aws_kms_key.a", json!({"policy": {"$ref": "data.aws_iam_policy_document.a.json"}}));
        verdicts(&VariableInOldVersion, vec![document, key])
    }

    #[test]
    fn what_is_not_known_matters_in_an_old_document_only() {
        let unknown = || json!({"$computed": true});
        let output = || json!({"$ref": "terraform_data.x.output"});
        let on = |values: Value| json!([{"test": "StringEquals", "variable": "aws:PrincipalArn", "values": values}]);
        let (plain, variable, all) = (on(json!(["a"])), on(json!([VARIABLE])), json!(["*"]));
        let open = ["undetermined aws_kms_key.a"];
        let old = json!("2008-10-17");
        assert_eq!(document(&old, &plain, &all, None), [""; 0]);
        assert_eq!(document(&old, &unknown(), &all, None), open);
        assert_eq!(document(&old, &on(unknown()), &all, None), open);
        assert_eq!(document(&old, &plain, &unknown(), None), open);
        assert_eq!(document(&old, &variable, &unknown(), None), ["violated medium aws_kms_key.a"]);
        assert_eq!(document(&output(), &variable, &all, None), open);
        assert_eq!(document(&output(), &plain, &all, None), [""; 0]);
        let with_source = document(&old, &variable, &all, Some(output()));
        assert_eq!(with_source, ["undetermined aws_kms_key.a"; 2], "the source may be newer");
        assert_eq!(document(&Value::Null, &plain, &all, Some(output())), [""; 0]);
        assert_eq!(document(&Value::Null, &variable, &all, None), [""; 0]);
        assert_eq!(document(&Value::Null, &unknown(), &unknown(), None), [""; 0]);
    }

    #[test]
    fn it_says_what_the_text_means() {
        let finding = |version: Option<&str>, resource: &str, value: &str| {
            finding(&VariableInOldVersion, key(version, "*", &json!(resource), &json!(value)))
        };
        let condition = finding(Some("2008-10-17"), "*", VARIABLE);
        assert_eq!(condition.subject.to_string(), "policy.statement[0].condition");
        assert_eq!(
            condition.message,
            "In a policy of version 2008-10-17, `${aws:PrincipalTag/team}` holds no variable but plain text: \
             `kms:EncryptionContext:team` is compared with these very letters."
        );
        let resource = finding(None, VARIABLE, "a");
        assert_eq!(resource.subject.to_string(), "policy.statement[0]");
        assert!(resource.message.starts_with("In a policy without `Version`,"), "{}", resource.message);
        assert!(resource.message.ends_with("in its name."), "{}", resource.message);
    }
}
