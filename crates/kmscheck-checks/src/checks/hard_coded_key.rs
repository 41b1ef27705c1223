use std::sync::Arc;

use kmscheck_graph::{Consumer, ConsumerId, Key, KeyId, Node, Target, Written, is_multi_region_id};
use kmscheck_model::{Account, InputKind};
use kmscheck_value::{Because, Value};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A service that names a key by an ARN or id which is written out in the source, although the key is a resource of the
    /// same root module. It needs the source beside the plan: `kmscheck PLAN --source DIR`.
    ///
    /// # Why it matters
    ///
    /// Terraform sees no connection between the two. It may make the service before the key, or destroy the key while the
    /// service still needs it; and when the key is replaced, or the configuration is applied in another account, the service
    /// still names the old key.
    ///
    /// # Example
    ///
    /// ```hcl,before
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_sqs_queue" "jobs" {
    ///   name              = "jobs"
    ///   kms_master_key_id = "arn:aws:kms:eu-west-1:123456789012:key/da711448-96c8-4a19-a4b2-d2bc815a47c5"
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_sqs_queue" "jobs" {
    ///   name              = "jobs"
    ///   kms_master_key_id = aws_kms_key.app.arn
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Aliases, and keys that another root module manages. A name that comes from outside of the source: from a data source, or
    /// as the value of a variable of the root module. Source without a plan does not tell which key has an ARN: there the
    /// answer is *undetermined*, unless no key here can have it.
    ///
    /// # References
    ///
    /// - [References to resource attributes](https://developer.hashicorp.com/terraform/language/expressions/references)
    /// - [Key identifiers](https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id)
    id: "hard-coded-key",
    summary: "A key of this configuration is named by an ARN or id that is written out",
    group: Group::Lifecycle,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Source,
    default: true,
    silenced_by: &[],
}

pub(crate) struct HardCodedKey;

/// The key whose name is written out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrittenOut {
    key: KeyId,
}

impl Check for HardCodedKey {
    type Subject<'g> = ConsumerId;
    type Fact = WrittenOut;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<ConsumerId> {
        let is_written = |consumer: &&Consumer<'_>| {
            consumer.is_service() && consumer.node.remains() && consumer.node.resource.source.is_some()
        };
        cx.graph.consumers().iter().filter(is_written).map(|consumer| consumer.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, consumer: &ConsumerId) -> Node<'g> {
        cx.graph.consumer(*consumer).node
    }

    fn detect<'g>(&self, cx: Context<'g>, consumer: &ConsumerId) -> Detection<WrittenOut> {
        let consumer = cx.graph.consumer(*consumer);
        let is_by_name = matches!(consumer.key.written, Written::Arn | Written::KeyId);
        let named = consumer.key.key().filter(|_| is_by_name).or(consumer.destroyed_key());
        let is_here = |key: &Key<'_>| {
            let is_own = std::ptr::eq(key.node.project, consumer.node.project);
            is_own && key.kind.is_managed() && key.remains()
        };
        match named.map(|key| cx.graph.key(key)).filter(|key| is_here(key)) {
            Some(key) => is_written_out(consumer, key).map(|is| is.then_some(WrittenOut { key: key.id })),
            None => may_be_here(cx, consumer).map_or(Ok(None), Err),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, consumer: &ConsumerId, WrittenOut { key }: WrittenOut) -> Finding {
        let (consumer, key) = (cx.graph.consumer(*consumer), cx.graph.key(key));
        let message = format!(
            "`{}` names {} by an ARN or id that is written out: Terraform does not know that the one needs the other, and \
             the name stays when the key is replaced.",
            consumer.path, key.node
        );
        let attribute = if consumer.key.written == Written::KeyId { "key_id" } else { "arn" };
        let (of, by) = (&key.node.resource.address, &consumer.node.resource.address);
        let help = if of.module == by.module {
            format!("Write `{}.{attribute}`.", key.node)
        } else {
            format!("Hand the `{attribute}` of {} to the module that needs it.", key.node)
        };
        let finding = Finding::new(&METADATA, consumer.node, message, help);
        finding
            .subject(consumer.path.clone())
            .related(key.node, "the key that has this name")
            .on_key(key.node)
    }
}

/// Whether the name of a key is among what an argument is made from.
fn is_written_out(consumer: &Consumer<'_>, key: &Key<'_>) -> Result<bool, Because> {
    let source = consumer.node.resource.source.as_ref();
    let spelled =
        source.zip(consumer.path.attribute()).and_then(|(source, name)| source.leads.spelled_in(name));
    let before = || key.node.resource.before("key_id").and_then(Value::as_str);
    let (Some(spelled), Some(id)) = (spelled, key.key_id().or_else(before)) else { return Ok(false) };
    match &spelled.missing {
        _ if spelled.words.iter().any(|word| word.contains(id)) => Ok(true),
        None => Ok(false),
        Some(module) => Err(Because::new(format!(
            "whether the name of {} is written out in {module} is not known: its source is not here",
            key.node
        ))
        .settled_by("run `terraform init`, which brings it")),
    }
}

/// Why a key whose name is written out may be one of the source, of which nobody knows the ARN.
fn may_be_here(cx: Context<'_>, consumer: &Consumer<'_>) -> Option<Because> {
    if consumer.node.project.kind() != InputKind::Source {
        return None;
    }
    let (region, account, id) = match &consumer.key.target {
        Target::Elsewhere { region, account, key_id: Some(id), .. } => (region, account, id),
        // A part of an ARN that is written out is not known.
        Target::Undetermined(because) => {
            let name = consumer.path.attribute()?;
            let spelled = consumer.node.resource.source.as_ref()?.leads.spelled_in(name)?;
            return spelled.words.iter().any(|word| word.contains(":key/")).then(|| because.clone());
        }
        _ => return None,
    };
    let differs = |own: Option<&Arc<str>>, other: &Option<Arc<str>>| {
        own.zip(other.as_ref()).is_some_and(|(own, other)| own != other)
    };
    let may_be = |key: &&Key<'_>| {
        let known_account = match &key.account {
            Account::Known(account) => Some(account),
            Account::Credentials(_) => None,
        };
        std::ptr::eq(key.node.project, consumer.node.project)
            && key.arn().is_none()
            && !differs(key.region.known(), region)
            && !differs(known_account, account)
            && key.is_multi_region().known().is_none_or(|multi| *multi == is_multi_region_id(id))
    };
    let key = cx.graph.managed_keys().find(may_be)?;
    Some(
        Because::new(format!("whether {} is the key that `{}` names is not known", key.node, consumer.path))
            .settled_by("check a plan together with its source: it shows the ARNs of keys"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&HardCodedKey);
    }

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    /// The verdicts on source with a key in Ireland and a queue that names `name`.
    fn source(key: &str, name: &str) -> Vec<String> {
        crate::testing::source_verdicts(&HardCodedKey, &text(key, name), &[])
    }

    fn text(key: &str, name: &str) -> String {
        format!(
            "provider \"aws\" {{\n  region = \"eu-west-1\"\n  allowed_account_ids = [\"111122223333\"]\n}}\n\
             resource \"aws_kms_key\" \"app\" {{\n  {key}\n}}\n\
             resource \"aws_sqs_queue\" \"jobs\" {{\n  kms_master_key_id = {name}\n}}\n"
        )
    }

    fn arn(region: &str, account: &str, id: &str) -> String {
        format!("\"arn:aws:kms:{region}:{account}:key/{id}\"")
    }

    #[test]
    fn source_alone_does_not_tell_which_key_has_an_arn() {
        let open = ["undetermined aws_sqs_queue.jobs"];
        assert_eq!(source("", &arn("eu-west-1", "111122223333", ID)), open);
        assert_eq!(source("", &format!("\"{ID}\"")), open);
        assert_eq!(source("multi_region = false", &arn("eu-west-1", "111122223333", ID)), open);
        let reasons = crate::testing::source_reasons(&HardCodedKey, &text("", &format!("\"{ID}\"")));
        assert!(reasons[0].contains("aws_kms_key.app is the key that `kms_master_key_id`"), "{reasons:?}");
    }

    #[test]
    fn an_arn_that_is_known_in_part_leaves_it_open() {
        let named = format!("\"arn:aws:kms:eu-west-1:${{var.account}}:key/{ID}\"");
        assert_eq!(source("}\nvariable \"account\" {", &named), ["undetermined aws_sqs_queue.jobs"]);
        assert!(source("}\nvariable \"key\" {", "var.key").is_empty());
    }

    #[test]
    fn a_key_of_another_place_or_kind_has_another_arn() {
        assert!(source("", &arn("us-east-1", "111122223333", ID)).is_empty());
        assert!(source("", &arn("eu-west-1", "444455556666", ID)).is_empty());
        let multi_region = arn("eu-west-1", "111122223333", "mrk-1234abcd12ab34cd56ef1234567890ab");
        assert!(source("multi_region = false", &multi_region).is_empty());
        assert!(!source("multi_region = true", &multi_region).is_empty());
    }

    #[test]
    fn references_and_aliases_are_left_alone() {
        for name in ["aws_kms_key.app.arn", "aws_kms_key.app.key_id", "\"alias/app\"", "null"] {
            assert!(source("", name).is_empty(), "{name}");
        }
    }
}
