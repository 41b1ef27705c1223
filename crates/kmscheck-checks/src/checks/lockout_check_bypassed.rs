use kmscheck_graph::{Node, PolicyHolder};
use kmscheck_value::Knowledge;

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// `bypass_policy_lockout_safety_check = true` on a key, a replica or an `aws_kms_key_policy`. Of severity high when the
    /// policy does not let the account principal change it: then the check that is bypassed may be all that stands between
    /// this change and a key that nobody can manage.
    ///
    /// # Why it matters
    ///
    /// Before it takes a key policy, AWS KMS makes sure that whoever puts it may put another one later. With the bypass a
    /// mistake in the policy is not refused, and it cannot be mended: the key is unmanageable until AWS Support helps.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description                        = "Application data"
    ///   enable_key_rotation                = true
    ///   bypass_policy_lockout_safety_check = true
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
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// An `aws_kms_key_policy` that is destroyed: there the argument keeps the provider from resetting the policy.
    ///
    /// # References
    ///
    /// - [PutKeyPolicy](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html)
    id: "lockout-check-bypassed",
    summary: "The check against lockout is switched off",
    group: Group::Lockout,
    severity: Severity::Medium,
    aliases: &["CT.KMS.PV.3"],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct LockoutCheckBypassed;

const ARGUMENT: &str = "bypass_policy_lockout_safety_check";

impl Check for LockoutCheckBypassed {
    type Subject<'g> = PolicyHolder;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<PolicyHolder> {
        cx.graph.policy_holders().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Node<'g> {
        cx.graph.holder(*holder)
    }

    fn detect<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Detection<()> {
        let bypassed = places(cx, *holder).into_iter().map(|node| node.flag(ARGUMENT, false));
        Ok(Knowledge::any(bypassed).ok()?.then_some(()))
    }

    fn report<'g>(&self, cx: Context<'g>, holder: &PolicyHolder, (): ()) -> Finding {
        let bearer = self.bearer(cx, holder);
        let without_account = excludes_account(cx, *holder);
        let danger = if without_account {
            " And the policy does not let the account change it: whoever is to mend a mistake must be named in it."
        } else {
            ""
        };
        let message = format!(
            "AWS KMS is told not to check whether the policy of this key can still be changed. A mistake in the policy \
             then makes the key unmanageable, and only AWS Support can help.{danger}"
        );
        let help = format!(
            "Remove `{ARGUMENT}`; a policy that lets whoever applies it change it later passes the check."
        );
        let severity = if without_account { Severity::High } else { Severity::Medium };
        let finding =
            Finding::new(&METADATA, bearer, message, help).severity(severity).subject_attribute(ARGUMENT);
        let bypassing = places(cx, *holder)
            .into_iter()
            .filter(|node| node.flag(ARGUMENT, false) == Knowledge::Known(true));
        bypassing.fold(finding, |finding, node| finding.evidence(format!("{node} sets {ARGUMENT} = true")))
    }
}

/// The resources on which the argument may stand: whatever writes the policy.
fn places<'g>(cx: Context<'g>, holder: PolicyHolder) -> Vec<Node<'g>> {
    let bearer = cx.graph.holder(holder);
    let PolicyHolder::Key(key) = holder else { return vec![bearer] };
    let writers = cx.graph.policy_writers(key).map(|writer| writer.node).filter(|node| node.remains());
    std::iter::once(bearer).chain(writers).collect()
}

/// Whether the account principal may certainly not change the policy.
fn excludes_account(cx: Context<'_>, holder: PolicyHolder) -> bool {
    match cx.graph.policy_administrators(holder) {
        Knowledge::Known(Some(administrators)) => administrators.account == Knowledge::Known(false),
        Knowledge::Known(None) | Knowledge::Undetermined(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, finding};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&LockoutCheckBypassed);
    }

    #[test]
    fn the_finding_names_what_switches_the_check_off() {
        let found = |principal: &str| {
            let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"});
            let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
            let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
            let key = create("aws_kms_key.a", json!({"arn": arn}));
            let writer = json!({"key_id": arn, "policy": policy, "bypass_policy_lockout_safety_check": true});
            finding(&LockoutCheckBypassed, vec![key, create("aws_kms_key_policy.w", writer)])
        };
        let by_account = found("arn:aws:iam::111122223333:root");
        let evidence = ["aws_kms_key_policy.w sets bypass_policy_lockout_safety_check = true"];
        assert_eq!(by_account.evidence, evidence);
        assert!(by_account.message.ends_with("only AWS Support can help."), "{}", by_account.message);
        let by_role = found("arn:aws:iam::111122223333:role/app");
        assert!(by_role.message.contains("does not let the account change it"), "{}", by_role.message);
    }
}
