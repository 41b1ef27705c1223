use kmscheck_graph::{Consumer, Node, PolicyHolder, Target};
use kmscheck_iam::{
    Action, Caller, Condition, ConditionKey, Effect, KeyPolicy, Polarity, PrincipalKind, Statement, Test,
};
use kmscheck_value::{Because, Truth};

use super::policies::{on_condition, statement_of, unknown_key, unknown_operator};
use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Part, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A `Deny` of a key policy that is to keep other networks out, by `aws:SourceIp`, `aws:SourceVpc` or `aws:SourceVpce`, and
    /// does not spare AWS services that use the key for somebody; or one that is to keep other organizations out, by
    /// `aws:PrincipalOrgID`, and does not spare services that use the key for themselves. Only where a service of the projects
    /// uses the key, or the policy allows one by its name.
    ///
    /// # Why it matters
    ///
    /// When Amazon S3 or Amazon SQS uses a key for somebody, the call comes from the network of AWS. A service that acts for
    /// itself, such as Amazon CloudWatch Logs, belongs to no organization. A negated operator holds of such requests, and the
    /// `Deny` wins over every `Allow`: what is encrypted can't be read or written any more.
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
    ///     Statement = [
    ///       {
    ///         Effect    = "Allow"
    ///         Principal = { AWS = "${local.account}:root" }
    ///         Action    = "kms:*"
    ///         Resource  = "*"
    ///       },
    ///       {
    ///         Effect    = "Deny"
    ///         Principal = "*"
    ///         Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    ///         Resource  = "*"
    ///         Condition = { NotIpAddress = { "aws:SourceIp" = "192.0.2.0/24" } }
    ///       },
    ///     ]
    ///   })
    /// }
    ///
    /// resource "aws_sqs_queue" "jobs" {
    ///   name              = "jobs"
    ///   kms_master_key_id = aws_kms_key.app.arn
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
    ///         Effect    = "Deny"
    ///         Principal = "*"
    ///         Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    ///         Resource  = "*"
    ///         Condition = {
    ///           NotIpAddress = { "aws:SourceIp" = "192.0.2.0/24" }
    ///           Bool         = { "aws:ViaAWSService" = "false" }
    ///         }
    ///       },
    ///     ]
    ///   })
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
    /// A `Deny` about actions with which no service uses a key, or about certain users and roles only. One with a condition on
    /// `aws:ViaAWSService`, `kms:ViaService` or `aws:CalledVia`: somebody thought of services.
    ///
    /// # References
    ///
    /// - [AWS global condition keys and AWS KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html)
    /// - [`aws:ViaAWSService`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-viaawsservice)
    /// - [`aws:PrincipalIsAWSService`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice)
    id: "deny-breaks-services",
    summary: "A Deny keeps AWS services from a key that they use",
    group: Group::Conditions,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

/// With what services use a key. Source: KMS developer guide, "How AWS services use AWS KMS".
const USES: [&str; 7] = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// From where a request comes. A service that calls comes from nowhere that a customer names.
/// Source: KMS developer guide, "Using the IP address condition in policies with AWS KMS permissions".
const NETWORK: [&str; 3] = ["aws:sourceip", "aws:sourcevpc", "aws:sourcevpce"];

/// Whether a service calls for somebody.
const FORWARDED: [&str; 5] =
    ["aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:viaawsservice", "kms:viaservice"];

/// Where the principal belongs; a service belongs nowhere.
const MEMBERSHIP: [&str; 4] =
    ["aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "kms:calleraccount"];

/// For whom a service calls that acts for itself.
const OWNERS: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

pub(crate) struct DenyBreaksServices;

/// Who is kept from the key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The condition key that asks for what no service has.
    key: String,
    user: User,
    /// What it is that uses the key.
    name: String,
}

/// How a service uses a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum User {
    /// For somebody, with the credentials of a user or role.
    ForSomebody,
    /// For itself.
    ForItself,
}

impl Check for DenyBreaksServices {
    type Subject<'g> = &'g Part<'g>;
    type Fact = Broken;

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<&'g Part<'g>> {
        cx.parts.iter().collect()
    }

    fn bearer<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Node<'g> {
        cx.graph.holder(part.holder())
    }

    fn detect<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>) -> Detection<Broken> {
        let Some((policy, statement)) = statement_of(cx, part)? else { return Ok(None) };
        if statement.has_effect(Effect::Deny).is_no() {
            return Ok(None);
        }
        let mut open = None;
        for user in [User::ForSomebody, User::ForItself] {
            match broken(cx, part.holder(), policy, statement, user) {
                Ok(None) => {}
                Ok(found) => {
                    statement.effect.clone().ok()?;
                    return Ok(found);
                }
                Err(because) => open = open.or(Some(because)),
            }
        }
        open.map_or(Ok(None), Err)
    }

    fn report<'g>(&self, cx: Context<'g>, part: &&'g Part<'g>, broken: Broken) -> Finding {
        let Broken { key, user, name } = broken;
        let (lacks, spare) = match user {
            User::ForSomebody => ("comes from no network that you name", "aws:ViaAWSService"),
            User::ForItself => ("has none that you name", "aws:PrincipalIsAWSService"),
        };
        let message = format!(
            "The `Deny` keeps AWS services from the key, {name} among them: the condition on `{key}` holds of their \
             requests, because a service {lacks}."
        );
        let help =
            format!("Add `Bool = {{ \"{spare}\" = \"false\" }}` to the condition, which spares services.");
        on_condition(cx, part, Finding::new(&METADATA, self.bearer(cx, part), message, help))
    }
}

/// Who of these is denied the key, if somebody uses it so.
fn broken(
    cx: Context<'_>,
    holder: PolicyHolder,
    policy: KeyPolicy<'_>,
    statement: &Statement,
    user: User,
) -> Detection<Broken> {
    let Some(key) = asks_for(statement, user) else { return Ok(None) };
    let hit = Truth::all([is_about_use(statement), is_about(statement, user)]);
    let hit = hit.and(Truth::all(statement.conditions.iter().map(|condition| holds(condition, user))));
    if hit.is_no() {
        return Ok(None);
    }
    let Some(name) = used_by(cx, holder, policy, user)? else { return Ok(None) };
    if let Some(because) = statement.conditions.more.clone() {
        return Err(because);
    }
    match hit {
        Truth::Yes => Ok(Some(Broken { key, user, name })),
        _ => Err(unclear(statement, user)),
    }
}

/// The key of a condition that holds of requests of services, because they lack it.
fn asks_for(statement: &Statement, user: User) -> Option<String> {
    let is_asked = |condition: &&Condition| {
        let key = ConditionKey::of(&condition.key);
        let network = key.is_one_of(&NETWORK);
        (network || user == User::ForItself && key.is("aws:principalorgid"))
            && !condition.without_key().is_no()
    };
    statement.conditions.iter().find(is_asked).map(|condition| condition.key.to_string())
}

fn is_about_use(statement: &Statement) -> Truth {
    Truth::any(USES.iter().filter_map(|name| Action::named(name)).map(|action| statement.covers(action)))
}

/// Whether a `Deny` is about all principals of a kind. In a `Deny` an account stands for all its principals.
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
fn is_about(statement: &Statement, user: User) -> Truth {
    if statement.principals.list().is_some_and(|list| list.more.is_some()) {
        return Truth::Unknown;
    }
    let callers = statement.callers();
    let names_account = || {
        let mut listed = statement.principals.list().into_iter().flatten();
        listed.any(|principal| matches!(principal.kind, PrincipalKind::Account { .. }))
    };
    let is_about = match user {
        _ if callers.contains(&Caller::Anyone) => true,
        User::ForSomebody => names_account(),
        User::ForItself => callers.contains(&Caller::Service),
    };
    is_about.into()
}

/// Whether a condition holds of the requests of services.
fn holds(condition: &Condition, user: User) -> Truth {
    let key = ConditionKey::of(&condition.key);
    let is_negated = condition.operator.polarity() == Some(Polarity::Negated);
    let asks_for_none = condition.operator.test == Test::Null && condition.without_key().is_yes();
    if key.is_one_of(&NETWORK) {
        return condition.without_key();
    }
    if key.is_one_of(&FORWARDED) {
        return Truth::No;
    }
    if key.is("aws:principalisawsservice") {
        let is_service = user == User::ForItself;
        return condition.values.any(|value| {
            value.as_str().map_or(Truth::Unknown, |value| (value == is_service.to_string()).into())
        });
    }
    match user {
        User::ForItself if key.is_one_of(&MEMBERSHIP) || is_about_identity(condition) => {
            condition.without_key()
        }
        // It excepts the resources of the owner.
        User::ForItself if key.is_one_of(&OWNERS) && (is_negated || asks_for_none) => Truth::No,
        // It excepts the members.
        User::ForSomebody if key.is_one_of(&MEMBERSHIP) && (is_negated || asks_for_none) => Truth::No,
        // It excepts some of them.
        User::ForSomebody if is_about_identity(condition) && is_negated => Truth::Yes,
        User::ForSomebody if key.is_one_of(&OWNERS) => condition.without_key(),
        _ => Truth::Unknown,
    }
}

/// Whether a condition is about which user or role calls.
fn is_about_identity(condition: &Condition) -> bool {
    let name = condition.key.as_str().unwrap_or_default().to_ascii_lowercase();
    name == "aws:userid" || name == "aws:principalarn" || name.starts_with("aws:principaltag/")
}

/// Something that uses the key so.
///
/// # Errors
/// Why there may be something.
fn used_by(
    cx: Context<'_>,
    holder: PolicyHolder,
    policy: KeyPolicy<'_>,
    user: User,
) -> Result<Option<String>, Because> {
    let allowed = allowed_service(policy).filter(|_| user == User::ForItself);
    let PolicyHolder::Key(key) = holder else { return Ok(allowed) };
    let uses = |consumer: &&Consumer<'_>| acts(consumer) == user;
    let consumer = cx.graph.services_of(key).find(uses).map(|consumer| consumer.node.to_string());
    if let Some(name) = consumer.or(allowed) {
        return Ok(Some(name));
    }
    let may_use = |consumer: &&Consumer<'_>| {
        let is_open =
            matches!(&consumer.key.target, Target::Undetermined(_)) || consumer.key.keys().contains(&key);
        consumer.is_service() && consumer.node.remains() && acts(consumer) == user && is_open
    };
    if let Some(consumer) = cx.graph.consumers().iter().find(may_use) {
        return Err(Because::new(format!("whether {} uses the key is not known", consumer.node)));
    }
    cx.graph.all_known().ok().map(|()| None)
}

/// A service that the policy allows something by its name.
fn allowed_service(policy: KeyPolicy<'_>) -> Option<String> {
    let allows = policy.statements().iter().filter(|statement| statement.has_effect(Effect::Allow).is_yes());
    let mut principals = allows.filter_map(|statement| statement.principals.list()).flatten();
    let service = principals.find(|principal| matches!(principal.kind, PrincipalKind::Service(_)));
    service.map(|principal| format!("`{}`", principal.written))
}

/// How a consumer uses its key.
fn acts(consumer: &Consumer<'_>) -> User {
    let is_principal = consumer.row.service.is_some_and(|service| service.contains("service principal"));
    if is_principal { User::ForItself } else { User::ForSomebody }
}

fn unclear(statement: &Statement, user: User) -> Because {
    let open = |condition: &&Condition| holds(condition, user) == Truth::Unknown;
    let because = |condition: &Condition| match (condition.operator.test, condition.key.as_str()) {
        (Test::Unknown, _) => unknown_operator(condition),
        (_, None) => unknown_key(condition),
        (_, Some(key)) => {
            Because::new(format!("whether the condition on {key} holds of requests of services is not known"))
        }
    };
    let condition = statement.conditions.iter().find(open).map(because);
    let general = || Because::new(format!("whom statement {} denies the key is not known", statement.index));
    condition.unwrap_or_else(general)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::inline::{Planned, create, finding, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&DenyBreaksServices);
    }

    fn queue() -> Planned {
        create("aws_sqs_queue.q", json!({"kms_master_key_id": {"$ref": "aws_kms_key.a.arn"}}))
    }

    fn log_group() -> Planned {
        create("aws_cloudwatch_log_group.l", json!({"kms_key_id": {"$ref": "aws_kms_key.a.arn"}}))
    }

    fn key(principal: &Value, action: &str, condition: &Value, user: Planned) -> Vec<Planned> {
        let root = json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": [root, deny]}).to_string();
        let key = json!({"arn": {"$computed": true}, "policy": policy});
        vec![create("aws_kms_key.a", key), user]
    }

    /// `v`iolated, `u`ndetermined or `-`.
    fn judge(condition: &Value, user: Planned) -> &'static str {
        about(&json!("*"), "kms:*", condition, user)
    }

    fn about(principal: &Value, action: &str, condition: &Value, user: Planned) -> &'static str {
        match verdicts(&DenyBreaksServices, key(principal, action, condition, user)).as_slice() {
            [] => "-",
            [one] if one == "violated medium aws_kms_key.a" => "v",
            [one] if one == "undetermined aws_kms_key.a" => "u",
            other => panic!("{other:?}"),
        }
    }

    fn with(operator: &str, name: &str, value: &str) -> Value {
        let mut condition = json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
        condition[operator] = json!({name: value});
        condition
    }

    #[test]
    fn what_services_lack_must_not_be_asked_of_them() {
        for (operator, name) in [
            ("NotIpAddress", "aws:SourceIp"),
            ("StringNotEquals", "aws:SourceVpc"),
            ("StringNotLike", "AWS:sourcevpce"),
            ("StringEqualsIfExists", "aws:SourceVpce"),
        ] {
            assert_eq!(judge(&json!({operator: {name: "x"}}), queue()), "v", "{name}");
            assert_eq!(judge(&json!({operator: {name: "x"}}), log_group()), "v", "{name}");
        }
        assert_eq!(judge(&json!({"Null": {"aws:SourceVpce": "true"}}), queue()), "v");
        assert_eq!(judge(&json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), queue()), "-");
        assert_eq!(judge(&json!({"StringNotEquals": {"aws:PrincipalTag/a": "x"}}), queue()), "-");
    }

    #[test]
    fn only_services_that_act_for_themselves_belong_to_no_organization() {
        let organization = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}});
        assert_eq!(judge(&organization, queue()), "-");
        assert_eq!(judge(&organization, log_group()), "v");
        let spared = json!({
            "StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"},
            "Bool": {"aws:PrincipalIsAWSService": "false"},
        });
        assert_eq!(judge(&spared, log_group()), "-");
    }

    #[test]
    fn another_condition_may_spare_services() {
        for (operator, name, value) in [
            ("Bool", "aws:ViaAWSService", "false"),
            ("StringNotEquals", "kms:ViaService", "sqs.eu-west-1.amazonaws.com"),
            ("Null", "aws:CalledVia", "true"),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-1234567890"),
            ("Bool", "aws:PrincipalIsAWSService", "true"),
            ("StringEquals", "aws:SourceAccount", "111122223333"),
        ] {
            assert_eq!(judge(&with(operator, name, value), queue()), "-", "{name}");
        }
        assert_eq!(judge(&with("Bool", "aws:PrincipalIsAWSService", "false"), queue()), "v");
        assert_eq!(judge(&with("ArnNotLike", "aws:PrincipalArn", "*:role/admin"), queue()), "v");
        assert_eq!(judge(&with("StringNotEquals", "aws:SourceVpce", "vpce-1"), queue()), "v");
        assert_eq!(judge(&with("StringEquals", "aws:PrincipalTag/a", "x"), queue()), "u");
        assert_eq!(judge(&with("StringIsh", "kms:KeySpec", "x"), queue()), "u");
        for (name, expected) in [("aws:SourceAccount", "-"), ("aws:PrincipalArn", "v")] {
            assert_eq!(judge(&with("StringNotEquals", name, "x"), log_group()), expected, "{name}");
        }
    }

    #[test]
    fn it_counts_whom_and_what_is_denied() {
        let network = json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
        let account = json!({"AWS": "111122223333"});
        assert_eq!(about(&account, "kms:Decrypt", &network, queue()), "v");
        assert_eq!(about(&account, "kms:Decrypt", &network, log_group()), "-", "no principal of the account");
        assert_eq!(about(&json!("*"), "kms:PutKeyPolicy", &network, queue()), "-");
        let role = json!({"AWS": "arn:aws:iam::111122223333:role/app"});
        assert_eq!(about(&role, "kms:Decrypt", &network, queue()), "-");
        let service = json!({"Service": "logs.eu-west-1.amazonaws.com"});
        assert_eq!(about(&service, "kms:Decrypt", &network, log_group()), "v");
    }

    #[test]
    fn somebody_must_use_the_key() {
        let network = json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
        let other = create("aws_sqs_queue.q", json!({"kms_master_key_id": "alias/aws/sqs"}));
        assert_eq!(judge(&network, other), "-");
        let unclear =
            create("aws_sqs_queue.q", json!({"kms_master_key_id": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(judge(&network, unclear), "u");
    }

    #[test]
    fn a_service_that_the_policy_names_uses_the_key() {
        let allow = json!({"Effect": "Allow", "Principal": {"Service": "logs.eu-west-1.amazonaws.com"}, "Action": "kms:*", "Resource": "*"});
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}});
        let policy = json!({"Version": "2012-10-17", "Statement": [allow, deny]}).to_string();
        let found = finding(&DenyBreaksServices, vec![create("aws_kms_key.a", json!({"policy": policy}))]);
        assert_eq!(found.subject.to_string(), "policy.statement[1].condition");
        assert!(found.message.contains("`logs.eu-west-1.amazonaws.com` among them"), "{}", found.message);
        assert!(found.help.contains("aws:PrincipalIsAWSService"), "{}", found.help);
    }

    #[test]
    fn a_policy_that_is_not_known_leaves_it_open() {
        let unknown = create("aws_kms_key.a", json!({"policy": {"$ref": "terraform_data.x.output"}}));
        assert_eq!(verdicts(&DenyBreaksServices, vec![unknown]), ["undetermined aws_kms_key.a"]);
    }
}
