use kmscheck_graph::{Key, KeyId, Node, PolicyWriter};
use kmscheck_iam::{ActionSet, Document, Normal};
use kmscheck_model::Action;
use kmscheck_value::{Because, Knowledge, Truth};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key whose policy two resources write: its own `policy` argument and an `aws_kms_key_policy`, or two
    /// `aws_kms_key_policy`. Of severity medium when both write the same access.
    ///
    /// # Why it matters
    ///
    /// A key has one policy. Each resource replaces it as a whole, so the last one to be applied wins, and which one that is
    /// changes from apply to apply. Every plan then shows a difference, and the key has now one policy and now the other.
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
    ///   manage = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:root" }
    ///     Action    = "kms:*"
    ///     Resource  = "*"
    ///   }
    ///   use = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:role/app" }
    ///     Action    = "kms:Decrypt"
    ///     Resource  = "*"
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key_policy" "base" {
    ///   key_id = aws_kms_key.app.key_id
    ///   policy = jsonencode({ Version = "2012-10-17", Statement = [local.manage] })
    /// }
    ///
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
    ///   policy = jsonencode({ Version = "2012-10-17", Statement = [local.manage, local.use] })
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
    ///   manage = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:root" }
    ///     Action    = "kms:*"
    ///     Resource  = "*"
    ///   }
    ///   use = {
    ///     Effect    = "Allow"
    ///     Principal = { AWS = "${local.account}:role/app" }
    ///     Action    = "kms:Decrypt"
    ///     Resource  = "*"
    ///   }
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_key_policy" "app" {
    ///   key_id = aws_kms_key.app.key_id
    ///   policy = jsonencode({ Version = "2012-10-17", Statement = [local.manage, local.use] })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key that ignores changes of its `policy` (`lifecycle { ignore_changes = [policy] }`): the separate resource wins
    /// for good. A plan does not record `ignore_changes`; where it does not show that the key's policy is written, the
    /// verdict on a key with both is undetermined.
    ///
    /// # References
    ///
    /// - [`aws_kms_key_policy`](https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy)
    /// - [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
    id: "policy-set-twice",
    summary: "Two resources write the policy of one key",
    group: Group::Lockout,
    severity: Severity::High,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct PolicySetTwice;

/// Whether what is written twice is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writes {
    Different,
    /// The same, or nothing shows that it is not.
    Same,
}

impl Check for PolicySetTwice {
    type Subject<'g> = KeyId;
    type Fact = Writes;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        cx.graph.living_keys().map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<Writes> {
        let key = cx.graph.key(*key);
        let writers = writers(cx, key);
        let Some(first) = writers.first() else {
            return others_may_write(cx, key, if writes_inline(key) == Ok(false) { 2 } else { 1 });
        };
        if writers.iter().skip(1).all(|writer| writer.may_be(first)) && !writes_inline(key)? {
            return match writers.get(1) {
                Some(second) => Err(in_two_inputs(second)),
                None => others_may_write(cx, key, 1),
            };
        }
        let inline = inline_document(cx, key);
        let separate = writers.iter().map(|writer| writer.document.get().known());
        let mut same = separate.chain(inline).map(|other| is_same(key, first.document.get().known(), other));
        Ok(Some(if same.any(Truth::is_no) { Writes::Different } else { Writes::Same }))
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, writes: Writes) -> Finding {
        let key = cx.graph.key(*key);
        let writers = writers(cx, key);
        let inline = writes_inline(key) == Ok(true);
        let what = if inline {
            "its own `policy` argument and an `aws_kms_key_policy`"
        } else {
            "two `aws_kms_key_policy`"
        };
        let (severity, consequence) = match writes {
            Writes::Different => (
                Severity::High,
                "They write different policies: the last one to be applied wins, and which one that is changes from apply \
                 to apply.",
            ),
            Writes::Same => (
                Severity::Medium,
                "As soon as one of them changes, the last one to be applied wins, and every plan shows a difference.",
            ),
        };
        let message = format!("The policy of this key is written twice, by {what}. {consequence}");
        let help = "Keep one of them.";
        let finding =
            Finding::new(&METADATA, key.node, message, help).severity(severity).subject_attribute("policy");
        let finding = if inline { finding.evidence(format!("{} sets policy", key.node)) } else { finding };
        writers.iter().fold(finding, |finding, writer| {
            finding
                .evidence(format!("{} writes the policy", writer.node))
                .related(writer.node, "writes the policy")
        })
    }
}

fn writers<'g>(cx: Context<'g>, key: &Key<'g>) -> Vec<&'g PolicyWriter<'g>> {
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    graph.policy_writers(key.id).filter(|writer| writer.node.remains()).collect()
}

/// Undetermined if there are `count` resources that may write to the key as well.
fn others_may_write(cx: Context<'_>, key: &Key<'_>, count: usize) -> Detection<Writes> {
    match cx.graph.unresolved_policy_writers(key.id).nth(count.saturating_sub(1)) {
        Some(other) => Err(Because::new(format!("to which key {} writes is not known", other.node))
            .settled_by("check again after apply")),
        None => Ok(None),
    }
}

fn in_two_inputs(writer: &PolicyWriter<'_>) -> Because {
    let settle = "give only one plan or state of each root";
    Because::new(format!("two inputs have {}, and whether it is one object is not known", writer.node))
        .settled_by(settle)
}

/// Whether the key's own `policy` is written in spite of the separate resource.
fn writes_inline(key: &Key<'_>) -> Result<bool, Because> {
    let unclear =
        |reason: &str, settle: &str| Because::new(format!("{reason} {}", key.node)).settled_by(settle);
    match key.node.resource.configured.sets("policy") {
        Truth::No => Ok(false),
        Truth::Unknown => Err(unclear(
            "it is not known whether the configuration sets the policy of",
            "check a plan of the configuration",
        )),
        Truth::Yes if changes_policy(key.node) => Ok(true),
        Truth::Yes => match &key.node.resource.source {
            Some(source) => Ok(!source.declaration.lifecycle.ignores_changes_of("policy")),
            None => Err(unclear(
                "a plan does not record `ignore_changes`, with which the `policy` argument is not written, of",
                "give the source as well (`--source`)",
            )),
        },
    }
}

/// Whether the plan changes the policy in place: then nothing makes Terraform ignore it.
fn changes_policy(key: Node<'_>) -> bool {
    let (before, after) = (key.resource.before("policy"), key.resource.after("policy"));
    key.action() == Action::Update && before.is_some() && before != after
}

/// The document of the key's own argument; the inner option is empty if it is not known.
fn inline_document<'g>(cx: Context<'g>, key: &Key<'g>) -> Option<Option<&'g Document>> {
    let sets = key.node.resource.configured.sets("policy").is_yes();
    let graph: &'g kmscheck_graph::KmsGraph<'g> = cx.graph;
    sets.then(|| graph.inline_policy(key.id).and_then(Knowledge::known))
}

/// Whether two documents give the same access.
fn is_same(key: &Key<'_>, first: Option<&Document>, second: Option<&Document>) -> Truth {
    let normal = |document: &Document| Normal::of(key.policy(document), None, ActionSet::default());
    match (first.map(normal), second.map(normal)) {
        (Some(Knowledge::Known(first)), Some(Knowledge::Known(second))) => {
            first.compare(&second).is_same().into()
        }
        _ => Truth::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::inline::{Planned, create, finding, keep, replace, update, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&PolicySetTwice);
    }

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const UNDETERMINED: [&str; 1] = ["undetermined aws_kms_key.a"];

    fn key() -> Json {
        json!({"key_id": ID, "arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}")})
    }

    #[expect(clippy::needless_pass_by_value, reason = "a literal in a test reads best as it is")]
    fn writer(name: &str, key: Json) -> Planned {
        create(&format!("aws_kms_key_policy.{name}"), json!({"key_id": key, "policy": "{}"}))
    }

    #[test]
    fn a_writer_of_an_unknown_key_may_be_the_second_one() {
        let unknown = |name| writer(name, json!({"$ref": "terraform_data.x.output"}));
        let judge = |resources: Vec<Planned>| verdicts(&PolicySetTwice, resources);
        let plain = || keep("aws_kms_key.a", key());
        assert!(judge(vec![plain(), unknown("x")]).is_empty());
        assert_eq!(judge(vec![plain(), unknown("x"), unknown("y")]), UNDETERMINED);
        assert_eq!(judge(vec![plain(), writer("own", json!(ID)), unknown("x")]), UNDETERMINED);
        let inline = create("aws_kms_key.a", json!({"key_id": {"$computed": true}, "policy": "{}"}));
        assert_eq!(judge(vec![inline, unknown("x")]), UNDETERMINED);
    }

    #[test]
    fn an_empty_argument_writes_nothing() {
        let key =
            |policy: &str| create("aws_kms_key.a", json!({"key_id": {"$computed": true}, "policy": policy}));
        let own = || writer("own", json!({"$ref": "aws_kms_key.a.key_id"}));
        assert!(verdicts(&PolicySetTwice, vec![key(""), own()]).is_empty());
        assert_eq!(verdicts(&PolicySetTwice, vec![key("{}"), own()]), UNDETERMINED);
    }

    #[test]
    fn the_finding_says_what_writes_the_policy() {
        let mut with_policy = key();
        with_policy["policy"] = json!("{}");
        let key = update("aws_kms_key.a", with_policy, {
            let mut key = key();
            key["policy"] = json!(r#"{"Statement": []}"#);
            key
        });
        let inline = finding(&PolicySetTwice, vec![key, writer("own", json!(ID))]);
        assert!(inline.message.contains("by its own `policy` argument and an"), "{}", inline.message);
        assert_eq!(
            inline.evidence,
            ["aws_kms_key.a sets policy", "aws_kms_key_policy.own writes the policy"]
        );
        let plain = keep("aws_kms_key.a", super::tests::key());
        let separate = finding(&PolicySetTwice, vec![plain, writer("a", json!(ID)), writer("b", json!(ID))]);
        assert!(separate.message.contains("by two `aws_kms_key_policy`"), "{}", separate.message);
        assert_eq!(separate.evidence.len(), 2);
    }

    #[test]
    fn an_argument_that_the_plan_does_not_change_may_be_ignored() {
        let with = |policy: &str| {
            let mut key = key();
            key["policy"] = json!(policy);
            key
        };
        let judge = |before: Json, after: Json| {
            let key = update("aws_kms_key.a", before, after);
            verdicts(&PolicySetTwice, vec![key, writer("own", json!(ID))])
        };
        let other = r#"{"Version": "2012-10-17", "Statement": []}"#;
        assert_eq!(judge(with("{}"), with("{}")), UNDETERMINED);
        assert_eq!(judge(with("{}"), with(other)), ["violated medium aws_kms_key.a"]);
        assert_eq!(judge(key(), with(other)), UNDETERMINED, "the policy before is not shown");
        let new = json!({"key_id": {"$computed": true}, "policy": other});
        let replaced = replace("aws_kms_key.a", "key_usage", with("{}"), new);
        let both = vec![replaced, writer("own", json!({"$ref": "aws_kms_key.a.key_id"}))];
        assert_eq!(verdicts(&PolicySetTwice, both), UNDETERMINED, "a new key is written whatever is ignored");
    }
}
