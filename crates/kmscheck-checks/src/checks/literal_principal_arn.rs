use kmscheck_graph::{Identity, Node, PolicyHolder, PolicySource};
use kmscheck_iam::{Principal, Statement};
use kmscheck_model::{Action, Mode, Resource};
use kmscheck_value::{Because, Truth, Value};

use super::policies::{on_statement, statement_of};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A statement of a key policy that names a role or user by its ARN, spelled out, although that role or user is a resource of
    /// the same root module and nothing makes Terraform see to it first. It needs the source beside the plan: `kmscheck PLAN
    /// --source DIR`. High, and told by a plan alone, if the plan deletes or replaces the role or user and the policy names it
    /// still.
    ///
    /// # Why it matters
    ///
    /// AWS KMS refuses a policy that names a principal which does not exist. Without a reference Terraform may write the policy
    /// first, and the first apply in a new account fails. When a role is deleted, a policy keeps the unique id of that role: a
    /// new role of the same name gets nothing from it.
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
    /// resource "aws_iam_role" "app" {
    ///   name = "app"
    ///   assume_role_policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { Service = "ecs-tasks.amazonaws.com" }
    ///       Action    = "sts:AssumeRole"
    ///     }]
    ///   })
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
    ///         Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    ///         Resource  = "*"
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
    /// resource "aws_iam_role" "app" {
    ///   name = "app"
    ///   assume_role_policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { Service = "ecs-tasks.amazonaws.com" }
    ///       Action    = "sts:AssumeRole"
    ///     }]
    ///   })
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
    ///         Principal = { AWS = aws_iam_role.app.arn }
    ///         Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    ///         Resource  = "*"
    ///       },
    ///     ]
    ///   })
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// A key or `aws_kms_key_policy` that waits for the role in whatever way: by a reference to it or to something that refers to
    /// it, or by `depends_on`. Roles and users that another root module manages. Names that the provider chooses.
    ///
    /// # References
    ///
    /// - [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
    /// - [Changing a key policy](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying.html)
    id: "literal-principal-arn",
    summary: "A role or user of this configuration is named by an ARN that is spelled out",
    group: Group::Lockout,
    severity: Severity::Low,
    aliases: &[],
    needs: Needs::Source,
    default: true,
    silenced_by: &[],
}

/// Data sources from which no ARN of a role or user comes, and those whose documents are read anyway.
const WITHOUT_IDENTITIES: [&str; 9] = [
    "aws_caller_identity",
    "aws_iam_policy_document",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_organizations_organization",
    "aws_partition",
    "aws_region",
    "aws_service_principal",
    "aws_vpc_endpoint",
];

pub(crate) struct LiteralPrincipalArn;

/// What is spelled out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SpelledOut {
    /// The address of the role or user.
    identity: String,
    /// What the plan does to it, if that is why it matters.
    goes: Option<Action>,
    /// Whether it stands in the same module as the policy.
    is_near: bool,
}

impl Check for LiteralPrincipalArn {
    type Subject<'g> = &'g Part<'g>;
    type Fact = SpelledOut;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<SpelledOut> {
        let writer = writer(cx, part.holder());
        if let Part::Rest(_) = part
            && !may_be_named(cx, writer)
        {
            return Ok(None);
        }
        let Some((_, statement)) = statement_of(cx, part)? else { return Ok(None) };
        let mut low = None;
        let mut open = None;
        for principal in principals(statement) {
            for identity in cx.graph.identities_called(writer, principal) {
                match judge(cx, writer, principal, identity) {
                    Ok(None) => {}
                    Ok(Some(fact)) if fact.goes.is_some() => return Ok(Some(fact)),
                    Ok(Some(fact)) => low = low.or(Some(fact)),
                    Err(because) => open = open.or(Some(because)),
                }
            }
        }
        match (low, open) {
            (Some(fact), _) => Ok(Some(fact)),
            (None, Some(because)) => Err(because),
            (None, None) => Ok(None),
        }
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, spelled: SpelledOut) -> Finding {
        let SpelledOut { identity, goes, is_near } = spelled;
        let message = match goes {
            None => format!(
                "The statement names {identity} by an ARN that is spelled out: Terraform does not know that it must be there \
                 first, and AWS KMS refuses a policy that names a principal which does not exist."
            ),
            Some(action) => format!(
                "The plan {} {identity}, and the statement names it still: AWS KMS keeps the unique id of the old one, and a \
                 new one of the same name gets nothing from the statement.",
                if action == Action::Replace { "replaces" } else { "deletes" }
            ),
        };
        let help = match (goes, is_near) {
            (Some(Action::Delete), _) => "Take it out of the policy.".to_owned(),
            (_, true) => format!("Write `{identity}.arn`."),
            (_, false) => format!("Hand the `arn` of {identity} to the module that writes the policy."),
        };
        let severity = if goes.is_some() { Severity::High } else { METADATA.severity };
        let finding = Finding::new(&METADATA, self.bearer(cx, part), message, help).severity(severity);
        on_statement(cx, part, finding)
    }
}

/// Whether there is a role or user that a policy which is not known could name in such a way.
fn may_be_named(cx: Context<'_>, writer: Node<'_>) -> bool {
    let source = writer.resource.source.as_ref();
    let is_open = |node: Node<'_>| {
        let waits = source.is_none_or(|source| source.leads.before.has(&node.resource.address));
        node.action().destroys() || node.remains() && !waits
    };
    let identities = cx.graph.identities().iter().map(|identity| identity.node);
    identities.filter(|node| std::ptr::eq(node.project, writer.project)).any(is_open)
}

/// The resource that writes the policy.
fn writer(cx: Context<'_>, holder: PolicyHolder) -> Node<'_> {
    match holder {
        PolicyHolder::Key(key) => match cx.graph.policy(key).source {
            PolicySource::Separate(writer) => writer,
            _ => cx.graph.key(key).node,
        },
        PolicyHolder::Foreign(_) => cx.graph.holder(holder),
    }
}

/// The principals that are spelled out: a symbol in one may only stand for the account.
fn principals(statement: &Statement) -> impl Iterator<Item = &Principal> {
    let list = statement.principals.list().into_iter().flatten();
    list.filter(|principal| principal.kind.identity().is_some_and(|named| named.name.as_str().is_some()))
}

fn judge(
    cx: Context<'_>,
    writer: Node<'_>,
    principal: &Principal,
    identity: &Identity<'_>,
) -> Detection<SpelledOut> {
    let node = identity.node;
    let fact = |goes| SpelledOut {
        identity: node.to_string(),
        goes,
        is_near: node.resource.address.module == writer.resource.address.module,
    };
    if node.action().destroys()
        && node.resource.before("arn").and_then(Value::as_text) == Some(&principal.written)
    {
        let is_named = still_named(cx, writer, principal)?;
        return Ok(is_named.then(|| fact(Some(node.action()))));
    }
    let matches = identity.is(principal);
    if matches.is_no() || !node.remains() {
        return Ok(None);
    }
    match waits(writer, node)? {
        true => Ok(None),
        false if matches == Truth::Yes => Ok(Some(fact(None))),
        false => {
            Err(Because::new(format!("whether `{}` is the ARN of {node} is not known", principal.written)))
        }
    }
}

/// Whether a policy names the old role or user after the change, which is destroyed: the ARN is turned into a unique id when
/// the policy is written. If there is a new one of the name, it depends on which comes first.
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
fn still_named(cx: Context<'_>, writer: Node<'_>, principal: &Principal) -> Result<bool, Because> {
    let mut called = cx.graph.identities_called(writer, principal).into_iter();
    let successor = called.find(|other| other.node.action().creates() && !other.is(principal).is_no());
    let Some(successor) = successor.filter(|_| is_written_again(writer.resource)) else { return Ok(true) };
    if writer.resource.source.is_some() {
        return waits(writer, successor.node).map(|waits| !waits);
    }
    Err(Because::new(format!(
        "whether the policy of {writer} is written before or after {} is there is not known",
        successor.node
    ))
    .settled_by("give the source of the plan with `--source`"))
}

fn is_written_again(writer: &Resource) -> bool {
    writer.change.action.creates() || writer.before("policy") != writer.after("policy")
}

/// Whether Terraform sees to a role or user before it writes the policy; true also where nobody gave the source, as
/// nothing is said then.
fn waits(writer: Node<'_>, identity: Node<'_>) -> Result<bool, Because> {
    let Some(source) = &writer.resource.source else { return Ok(true) };
    let before = &source.leads.before;
    if before.has(&identity.resource.address) {
        return Ok(true);
    }
    if let Some(module) = &before.missing {
        return Err(Because::new(format!("whether {writer} waits for {identity} by {module} is not known"))
            .settled_by("run `terraform init`, which brings it"));
    }
    let may_have_it = |resource_type: &str| !WITHOUT_IDENTITIES.contains(&resource_type);
    let data =
        before.blocks.iter().find(|block| block.mode == Mode::Data && may_have_it(&block.resource_type));
    match data {
        None => Ok(false),
        Some(data) => Err(Because::new(format!(
            "whether the ARN of {identity} in the policy of {writer} comes from {data} is not known"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&LiteralPrincipalArn);
    }

    /// The verdicts on source with a role of this name and a key policy for this principal.
    fn source(provider: &str, role: &str, principal: &str) -> Vec<String> {
        let text = format!(
            r#"
provider "aws" {{
  region = "eu-west-1"
  {provider}
}}
variable "env" {{}}
data "aws_caller_identity" "current" {{}}
resource "aws_iam_role" "app" {{
  {role}
}}
resource "aws_kms_key" "app" {{
  policy = jsonencode({{
    Statement = [{{ Effect = "Allow", Principal = {{ AWS = {principal} }}, Action = "kms:Decrypt", Resource = "*" }}]
  }})
}}
"#
        );
        crate::testing::source_verdicts(&LiteralPrincipalArn, &text, &[])
    }

    const ACCOUNT: &str = r#"allowed_account_ids = ["111122223333"]"#;
    const APP: &str = r#"name = "app""#;
    const VIOLATED: [&str; 1] = ["violated low aws_kms_key.app"];
    const OPEN: [&str; 1] = ["undetermined aws_kms_key.app"];

    #[test]
    fn source_alone_tells_it_where_the_account_is_known() {
        assert_eq!(source(ACCOUNT, APP, r#""arn:aws:iam::111122223333:role/app""#), VIOLATED);
        assert!(source(ACCOUNT, APP, r#""arn:aws:iam::444455556666:role/app""#).is_empty());
        assert!(source(ACCOUNT, APP, r#""arn:aws:iam::111122223333:user/app""#).is_empty());
        assert_eq!(source("", APP, r#""arn:aws:iam::111122223333:role/app""#), OPEN);
        let own = r#""arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/app""#;
        assert_eq!(source(ACCOUNT, APP, own), VIOLATED);
        assert_eq!(source("", APP, own), VIOLATED, "whichever account it is, it is the same");
    }

    #[test]
    fn references_are_no_literals() {
        assert!(source(ACCOUNT, APP, "aws_iam_role.app.arn").is_empty());
        let name = r#""arn:aws:iam::111122223333:role/${aws_iam_role.app.name}""#;
        assert!(source(ACCOUNT, APP, name).is_empty());
        assert!(source(ACCOUNT, APP, r#""arn:aws:iam::111122223333:role/${var.env}""#).is_empty());
    }

    #[test]
    fn names_and_paths_are_compared_as_far_as_they_are_known() {
        let path = r#"name = "app"
  path = "/team/""#;
        assert_eq!(source(ACCOUNT, path, r#""arn:aws:iam::111122223333:role/team/app""#), VIOLATED);
        assert!(source(ACCOUNT, path, r#""arn:aws:iam::111122223333:role/app""#).is_empty());
        let name = r#"name = "app-${var.env}""#;
        assert_eq!(source(ACCOUNT, name, r#""arn:aws:iam::111122223333:role/app-prod""#), OPEN);
        assert!(source(ACCOUNT, name, r#""arn:aws:iam::111122223333:role/deployer""#).is_empty());
        let prefix = r#"name_prefix = "app""#;
        assert!(source(ACCOUNT, prefix, r#""arn:aws:iam::111122223333:role/app""#).is_empty());
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open_where_there_is_somebody_to_name() {
        let unknown = |role: &str| {
            let text = format!(
                "variable \"policy\" {{}}\nresource \"aws_kms_key\" \"app\" {{\n  policy = var.policy\n}}\n{role}"
            );
            crate::testing::source_verdicts(&LiteralPrincipalArn, &text, &[])
        };
        assert_eq!(unknown("resource \"aws_iam_role\" \"app\" {\n  name = \"app\"\n}\n"), OPEN);
        assert!(unknown("").is_empty());
    }

    #[test]
    fn a_data_source_may_be_where_an_arn_comes_from() {
        let looked_up = r#"data.aws_iam_role.app.arn == "" ? "arn:aws:iam::111122223333:role/app" : "arn:aws:iam::111122223333:role/app""#;
        let verdicts = source(
            ACCOUNT,
            &format!("{APP}\n}}\ndata \"aws_iam_role\" \"app\" {{\n  name = \"app\""),
            looked_up,
        );
        assert_eq!(verdicts, OPEN);
    }
}
