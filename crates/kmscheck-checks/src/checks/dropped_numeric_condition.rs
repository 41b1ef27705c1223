use kmscheck_graph::Node;
use kmscheck_iam::{Assembly, Place};

use super::assembled::{about_kms, lost, path_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// An `aws_iam_policy_document` with a source or override document in which the value of a condition is a number and no
    /// string, in a statement about AWS KMS.
    ///
    /// # Why it matters
    ///
    /// The data source reads numbers in conditions and leaves them out, without a word: with the value goes the comparison, and with
    /// the last one the whole condition. A `Deny` then denies more than it should, and an `Allow` allows without a limit. AWS
    /// itself takes numbers, and a policy that is passed to the key directly keeps them.
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
    ///   guard = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Sid       = "DeletionWindow"
    ///       Effect    = "Deny"
    ///       Principal = "*"
    ///       Action    = "kms:ScheduleKeyDeletion"
    ///       Resource  = "*"
    ///       Condition = { NumericLessThan = { "kms:ScheduleKeyDeletionPendingWindowInDays" = 30 } }
    ///     }]
    ///   })
    /// }
    ///
    /// data "aws_iam_policy_document" "app" {
    ///   source_policy_documents = [local.guard]
    ///
    ///   statement {
    ///     actions   = ["kms:*"]
    ///     resources = ["*"]
    ///
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    ///     }
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   policy              = data.aws_iam_policy_document.app.json
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
    ///   guard = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Sid       = "DeletionWindow"
    ///       Effect    = "Deny"
    ///       Principal = "*"
    ///       Action    = "kms:ScheduleKeyDeletion"
    ///       Resource  = "*"
    ///       Condition = { NumericLessThan = { "kms:ScheduleKeyDeletionPendingWindowInDays" = "30" } }
    ///     }]
    ///   })
    /// }
    ///
    /// data "aws_iam_policy_document" "app" {
    ///   source_policy_documents = [local.guard]
    ///
    ///   statement {
    ///     actions   = ["kms:*"]
    ///     resources = ["*"]
    ///
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    ///     }
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    ///   policy              = data.aws_iam_policy_document.app.json
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Booleans, which are kept, and numbers in a policy that no `aws_iam_policy_document` reads. A list with a number in it:
    /// there the data source fails.
    ///
    /// # References
    ///
    /// - [`aws_iam_policy_document`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document)
    /// - [Numeric condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric)
    id: "dropped-numeric-condition",
    summary: "A condition gets lost because its value is a number",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct DroppedNumericCondition;

/// A condition that gets lost.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    place: Place,
    operator: String,
    /// The condition key.
    key: String,
    statement: String,
}

impl Check for DroppedNumericCondition {
    type Subject<'g> = Node<'g>;
    type Fact = Lost;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Node<'g>> {
        about_kms(cx)
    }

    fn bearer<'g>(&self, _: Context<'g>, document: &Node<'g>) -> Node<'g> {
        *document
    }

    fn detect<'g>(&self, cx: Context<'g>, document: &Node<'g>) -> Detection<Lost> {
        let dropped = lost(cx, *document, Assembly::dropped, |dropped| &dropped.statement)?;
        Ok(dropped.map(|dropped| Lost {
            place: dropped.place,
            operator: dropped.condition.operator.written.to_string(),
            key: dropped.condition.key.to_string(),
            statement: dropped.statement.to_string(),
        }))
    }

    fn report<'g>(&self, _: Context<'g>, document: &Node<'g>, lost: Lost) -> Finding {
        let Lost { place, operator, key, statement } = lost;
        let message = format!(
            "The condition `{operator}` on `{key}` is not in the document that comes out: `aws_iam_policy_document` leaves out \
             values that are numbers, and what the statement does no longer depends on it."
        );
        let help = "Write the number as a string, in quotes.";
        Finding::new(&METADATA, *document, message, help).subject(path_of(place)).evidence(statement)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{create, finding, keep, verdicts};
    use super::*;
    use crate::testing::source_verdicts;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&DroppedNumericCondition);
    }

    fn source(action: &str, value: &Value) -> String {
        let condition = json!({"NumericLessThan": {"kms:RotationPeriodInDays": value}});
        let statement = json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
        json!({"Statement": [statement]}).to_string()
    }

    fn judge(argument: &str, documents: &Value) -> Vec<String> {
        let document = json!({argument: documents, "statement": [{"actions": ["kms:Decrypt"]}]});
        verdicts(&DroppedNumericCondition, vec![keep("data.aws_iam_policy_document.a", document)])
    }

    #[test]
    fn numbers_in_sources_and_overrides_are_found() {
        let violated = ["violated high data.aws_iam_policy_document.a"];
        for argument in ["source_policy_documents", "override_policy_documents"] {
            assert_eq!(judge(argument, &json!([source("kms:*", &json!(90))])), violated);
            assert_eq!(judge(argument, &json!(["", source("kms:*", &json!(0.5))])), violated);
            for kept in [json!("90"), json!(true), json!(["90"])] {
                assert!(judge(argument, &json!([source("kms:*", &kept)])).is_empty(), "{kept}");
            }
            assert!(judge(argument, &json!([source("s3:*", &json!(90))])).is_empty(), "it is about S3");
        }
        assert!(judge("version", &json!("2012-10-17")).is_empty());
    }

    #[test]
    fn what_is_not_known_leaves_it_open() {
        let open = ["undetermined data.aws_iam_policy_document.a"];
        let document = json!({
            "source_policy_documents": {"$ref": "terraform_data.x.output"},
            "statement": [{"actions": ["kms:Decrypt"]}],
        });
        let other = || create("data.aws_iam_policy_document.a", document.clone());
        assert_eq!(verdicts(&DroppedNumericCondition, vec![other()]), open);
        let (known, unreadable) = (source("kms:*", &json!(90)), json!(["{"]));
        assert_eq!(judge("source_policy_documents", &json!([known])).len(), 1);
        assert!(
            judge("source_policy_documents", &unreadable).is_empty(),
            "Terraform does not read it either"
        );
    }

    #[test]
    fn source_alone_shows_it() {
        let text = r#"
data "aws_iam_policy_document" "a" {
  override_policy_documents = [jsonencode({
    Statement = [{
      Effect    = "Deny"
      Action    = "kms:*"
      Condition = { NumericLessThan = { "kms:RotationPeriodInDays" = VALUE } }
    }]
  })]
}
"#;
        let judge =
            |value: &str| source_verdicts(&DroppedNumericCondition, &text.replace("VALUE", value), &[]);
        assert_eq!(judge("90"), ["violated high data.aws_iam_policy_document.a"]);
        assert!(judge("\"90\"").is_empty());
    }

    #[test]
    fn it_is_about_the_document_with_the_number() {
        let document = json!({"source_policy_documents": ["", source("kms:*", &json!(90))]});
        let found = finding(&DroppedNumericCondition, vec![keep("data.aws_iam_policy_document.a", document)]);
        assert_eq!(found.subject.to_string(), "source_policy_documents[1]");
        assert!(
            found.message.contains("`NumericLessThan` on `kms:RotationPeriodInDays`"),
            "{}",
            found.message
        );
    }
}
