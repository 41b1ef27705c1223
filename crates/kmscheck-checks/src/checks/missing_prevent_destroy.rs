use kmscheck_graph::{KeyId, Node};
use kmscheck_value::{Because, Truth};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key without `prevent_destroy` in its `lifecycle` block. It needs the source: `kmscheck PLAN --source DIR`.
    ///
    /// # Why it matters
    ///
    /// What is encrypted under a deleted key is lost for good. With `prevent_destroy` a plan that would destroy the key, for
    /// a changed argument or a module that is no longer called, fails instead. Few keys have it: this is a hint, and stops
    /// no merge by itself.
    ///
    /// # Example
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
    ///
    ///   lifecycle {
    ///     prevent_destroy = true
    ///   }
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// Replicas: a replica can be created again from its primary.
    ///
    /// # References
    ///
    /// - [`prevent_destroy`](https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy)
    /// - [Deleting AWS KMS keys](https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html)
    id: "missing-prevent-destroy",
    summary: "Nothing keeps Terraform from destroying a key",
    group: Group::Lifecycle,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Source,
    default: true,
    silenced_by: &[],
}

pub(crate) struct MissingPreventDestroy;

impl Check for MissingPreventDestroy {
    type Subject<'g> = KeyId;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<KeyId> {
        let keys = cx.graph.managed_keys().filter(|key| !key.kind.is_replica());
        keys.filter(|key| key.node.resource.source.is_some()).map(|key| key.id).collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, key: &KeyId) -> Node<'g> {
        cx.graph.key(*key).node
    }

    fn detect<'g>(&self, cx: Context<'g>, key: &KeyId) -> Detection<()> {
        let node = cx.graph.key(*key).node;
        let Some(source) = &node.resource.source else { return Ok(None) };
        match source.declaration.lifecycle.prevent_destroy {
            Truth::Yes => Ok(None),
            Truth::No => Ok(Some(())),
            Truth::Unknown => {
                Err(Because::new(format!("the value of `prevent_destroy` of {node} is not known")))
            }
        }
    }

    fn report<'g>(&self, cx: Context<'g>, key: &KeyId, (): ()) -> Finding {
        let message = "Nothing keeps Terraform from destroying this key. A change that replaces it, or a block that is \
                       removed, takes all data under the key with it.";
        let help = "Add `lifecycle { prevent_destroy = true }`.";
        Finding::new(&METADATA, cx.graph.key(*key).node, message, help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&MissingPreventDestroy);
    }
}
