use kmscheck_graph::{Node, PolicyHolder};
use kmscheck_iam::{Clause, Effect, KeyPolicy, Principal, Statement};

use super::policies::with_writer;
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A key policy in which no `Allow` names the key's own account (`arn:aws:iam::ACCOUNT:root` or the twelve digits).
    ///
    /// # Why it matters
    ///
    /// IAM policies that allow something with the key then have no effect: the account principal in the key policy is what
    /// switches them on. AWS permits this choice, and some want it: nobody gets access through IAM alone. The principals
    /// that the policy names and grants still work, and an IAM policy that denies still denies. What stops working is every
    /// role that reaches the key by an IAM policy, administrators and auditors included.
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
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = ["${local.account}:role/terraform", "${local.account}:role/break-glass"] }
    ///       Action    = "kms:*"
    ///       Resource  = "*"
    ///     }]
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
    ///         Principal = { AWS = ["${local.account}:role/terraform", "${local.account}:role/break-glass"] }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A policy that gives the account principal less than everything: IAM policies work as far as that statement reaches.
    /// A key without a policy of its own: the default policy of AWS KMS names the account.
    ///
    /// # References
    ///
    /// - [Allows IAM policies to allow access to the key](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-root-enable-iam)
    id: "no-iam-delegation",
    summary: "IAM policies have no effect on a key",
    group: Group::Lockout,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &["key-lockout"],
}

pub(crate) struct NoIamDelegation;

/// Who can use the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Principals that the policy names.
    Named,
    /// Also principals whom this statement, by its position, does not name.
    Unnamed(usize),
}

impl Check for NoIamDelegation {
    type Subject<'g> = PolicyHolder;
    type Fact = Reach;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<PolicyHolder> {
        cx.graph.policy_holders().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Node<'g> {
        cx.graph.holder(*holder)
    }

    fn detect<'g>(&self, cx: Context<'g>, holder: &PolicyHolder) -> Detection<Reach> {
        let Some(policy) = cx.graph.policy_of(*holder).ok()? else { return Ok(None) };
        Ok((!policy.delegates().ok()?).then(|| reach(policy)))
    }

    fn report<'g>(&self, cx: Context<'g>, holder: &PolicyHolder, reach: Reach) -> Finding {
        let consequence = match reach {
            Reach::Named => "Roles that rely on an IAM policy for the key get AccessDenied.".to_owned(),
            Reach::Unnamed(position) => format!(
                "Statement {position} allows principals that it does not name: for what it allows them they need no IAM \
                 policy."
            ),
        };
        let message = format!(
            "The policy of this key does not name its account, so IAM policies cannot allow anything with it. AWS permits \
             this choice: the principals that the policy allows, and grants, still work, and IAM policies can still deny. \
             {consequence}"
        );
        let help = "If IAM policies are to work, allow the account principal (`arn:aws:iam::ACCOUNT:root`) what they may \
                    give. If not, make sure that the policy names everyone who needs the key.";
        let finding =
            Finding::new(&METADATA, cx.graph.holder(*holder), message, help).subject_attribute("policy");
        with_writer(cx, *holder, finding.evidence("no statement allows the account principal anything"))
    }
}

fn reach(policy: KeyPolicy<'_>) -> Reach {
    let names_nobody = |statement: &&Statement| match &statement.principals {
        Clause::Only(list) => !list.any(Principal::is_everyone).is_no(),
        Clause::Not(_) => true,
        Clause::Absent => false,
    };
    let allows = |statement: &&Statement| !statement.has_effect(Effect::Allow).is_no();
    let found = policy.statements().iter().filter(allows).find(names_nobody);
    found.map_or(Reach::Named, |statement| Reach::Unnamed(statement.index))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{create, finding};
    use super::*;

    #[test]
    fn nobody_who_is_allowed_directly_is_said_to_get_access_denied() {
        let message = |principal: serde_json::Value| {
            let statement =
                json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"});
            let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
            let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
            let key = create("aws_kms_key.a", json!({"arn": arn, "policy": policy}));
            finding(&NoIamDelegation, vec![key]).message
        };
        let role = message(json!({"AWS": "arn:aws:iam::111122223333:role/admin"}));
        assert!(role.ends_with("get AccessDenied."), "{role}");
        let everyone = message(json!({"AWS": "*"}));
        assert!(everyone.contains("Statement 0 allows principals that it does not name"), "{everyone}");
        assert!(!everyone.contains("AccessDenied"), "{everyone}");
    }

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&NoIamDelegation);
    }

    #[test]
    fn a_deny_lets_nobody_in() {
        let statements = json!([
            {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "kms:*", "Resource": "*"},
        ]);
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let key = create("aws_kms_key.a", json!({"arn": arn, "policy": policy}));
        let message = finding(&NoIamDelegation, vec![key]).message;
        assert!(
            message.ends_with("Roles that rely on an IAM policy for the key get AccessDenied."),
            "{message}"
        );
    }
}
