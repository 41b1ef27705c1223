use kmscheck_graph::Node;
use kmscheck_iam::{Assembly, Place};

use super::assembled::{about_kms, lost, path_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// An `aws_iam_policy_document` in which an `Allow` takes the place of a `Deny` about AWS KMS, because both have the same `Sid`:
    /// one of an override document, or of a `statement` block over a source document.
    ///
    /// # Why it matters
    ///
    /// A statement of the same `Sid` replaces the whole of the earlier one. What the `Deny` was to keep from everyone is then open
    /// to whoever is allowed it elsewhere, and nothing in the plan says so.
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
    ///       Sid       = "NoDeletion"
    ///       Effect    = "Deny"
    ///       Principal = "*"
    ///       Action    = "kms:ScheduleKeyDeletion"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    ///
    /// data "aws_iam_policy_document" "app" {
    ///   source_policy_documents = [local.guard]
    ///
    ///   statement {
    ///     sid       = "NoDeletion"
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
    ///       Sid       = "NoDeletion"
    ///       Effect    = "Deny"
    ///       Principal = "*"
    ///       Action    = "kms:ScheduleKeyDeletion"
    ///       Resource  = "*"
    ///     }]
    ///   })
    /// }
    ///
    /// data "aws_iam_policy_document" "app" {
    ///   source_policy_documents = [local.guard]
    ///
    ///   statement {
    ///     sid       = "Administration"
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
    /// A `Deny` that replaces another, and one that comes back by a later document. Two source documents with one `Sid`: there the
    /// data source fails.
    ///
    /// # References
    ///
    /// - [`aws_iam_policy_document`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document)
    id: "deny-replaced-by-override",
    summary: "An Allow takes the place of a Deny with the same Sid",
    group: Group::Conditions,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct DenyReplacedByOverride;

/// A `Deny` that is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone {
    by: Place,
    sid: String,
    denied: String,
    allowed: String,
}

impl Check for DenyReplacedByOverride {
    type Subject<'g> = Node<'g>;
    type Fact = Gone;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Node<'g>> {
        about_kms(cx)
    }

    fn bearer<'g>(&self, _: Context<'g>, document: &Node<'g>) -> Node<'g> {
        *document
    }

    fn detect<'g>(&self, cx: Context<'g>, document: &Node<'g>) -> Detection<Gone> {
        let replaced = lost(cx, *document, Assembly::replaced, |replaced| &replaced.denied)?;
        Ok(replaced.map(|replaced| Gone {
            by: replaced.by,
            sid: replaced.denied.sid.as_ref().map(ToString::to_string).unwrap_or_default(),
            denied: replaced.denied.to_string(),
            allowed: replaced.allowed.to_string(),
        }))
    }

    fn report<'g>(&self, _: Context<'g>, document: &Node<'g>, gone: Gone) -> Finding {
        let Gone { by, sid, denied, allowed } = gone;
        let message = format!(
            "An `Allow` replaces a `Deny` of the same `Sid`, `{sid}`: the document that comes out does not deny it any more."
        );
        let help = "Give the `Allow` another `Sid`, or none, so that both statements stay.";
        let finding = Finding::new(&METADATA, *document, message, help).subject(path_of(by));
        finding.evidence(format!("replaced: {denied}")).evidence(format!("in its place: {allowed}"))
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
        crate::testing::recorded(&DenyReplacedByOverride);
    }

    fn text(effect: &str, action: &str) -> String {
        json!({"Statement": [{"Sid": "A", "Effect": effect, "Principal": "*", "Action": action, "Resource": "*"}]}).to_string()
    }

    fn block(effect: &str) -> Value {
        json!({"sid": "A", "effect": effect, "actions": ["kms:*"], "resources": ["*"]})
    }

    fn judge(document: Value) -> Vec<String> {
        verdicts(&DenyReplacedByOverride, vec![keep("data.aws_iam_policy_document.a", document)])
    }

    const VIOLATED: [&str; 1] = ["violated high data.aws_iam_policy_document.a"];

    #[test]
    fn blocks_replace_sources_and_overrides_replace_both() {
        let by_block = |effect: &str| {
            judge(json!({"source_policy_documents": [text("Deny", "kms:*")], "statement": [block(effect)]}))
        };
        assert_eq!(by_block("Allow"), VIOLATED);
        assert!(by_block("Deny").is_empty());
        let by_override = |effect: &str| {
            judge(json!({"override_policy_documents": [text(effect, "kms:*")], "statement": [block("Deny")]}))
        };
        assert_eq!(by_override("Allow"), VIOLATED);
        assert!(by_override("Deny").is_empty());
        let about_s3 =
            json!({"source_policy_documents": [text("Deny", "s3:*")], "statement": [block("Allow")]});
        assert!(judge(about_s3).is_empty(), "what is replaced is about S3");
    }

    #[test]
    fn what_is_not_known_leaves_it_open() {
        let document = json!({"override_policy_documents": [{"$ref": "terraform_data.x.output"}], "statement": [block("Deny")]});
        let open = create("data.aws_iam_policy_document.a", document);
        assert_eq!(
            verdicts(&DenyReplacedByOverride, vec![open]),
            ["undetermined data.aws_iam_policy_document.a"]
        );
    }

    #[test]
    fn source_alone_shows_it() {
        let text = r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "A"
    effect  = "Deny"
    actions = ["kms:*"]
  }
}
data "aws_iam_policy_document" "a" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid     = "SID"
    actions = ["kms:Decrypt"]
  }
}
"#;
        let judge = |sid: &str| source_verdicts(&DenyReplacedByOverride, &text.replace("SID", sid), &[]);
        assert_eq!(judge("A"), VIOLATED);
        assert!(judge("B").is_empty());
    }

    #[test]
    fn it_is_about_what_takes_the_place() {
        let document =
            json!({"override_policy_documents": [text("Allow", "kms:*")], "statement": [block("Deny")]});
        let found = finding(&DenyReplacedByOverride, vec![keep("data.aws_iam_policy_document.a", document)]);
        assert_eq!(found.subject.to_string(), "override_policy_documents[0]");
        assert!(found.message.contains("`A`"), "{}", found.message);
        assert_eq!(found.evidence.len(), 2);
    }
}
