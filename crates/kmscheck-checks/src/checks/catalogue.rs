//! All checks together, held against the catalogue: how grave they are, which of them silence which, and what each looks at.

use serde_json::json;

use super::ALL;
use super::inline::{Planned, create, delete, keep, plan, update};
use crate::{Group, Registered, testing};

#[test]
fn the_severities_are_those_of_the_catalogue() {
    let lifecycle = ALL.iter().map(|check| check.metadata()).filter(|check| check.group == Group::Lifecycle);
    let severities: Vec<_> = lifecycle.clone().map(|check| (check.id, check.severity.name())).collect();
    let expected = [
        ("key-destroyed", "critical"),
        ("missing-prevent-destroy", "low"),
        ("rotation-disabled", "medium"),
        ("rotation-unsupported", "high"),
        ("key-usage-spec-mismatch", "high"),
        ("rotation-period", "low"),
        ("short-deletion-window", "low"),
        ("key-disabled", "medium"),
        ("alias-retargeted", "medium"),
        ("hard-coded-key", "low"),
        ("material-expires", "medium"),
        ("external-key-without-material", "medium"),
        ("secret-in-state", "medium"),
        ("key-pending-deletion", "high"),
        ("kms-events-excluded", "medium"),
        ("default-key-policy", "info"),
        ("missing-tags", "low"),
    ];
    assert_eq!(severities, expected);
    let off: Vec<_> = lifecycle.filter(|check| !check.default).map(|check| check.id).collect();
    assert_eq!(off, ["default-key-policy"]);
}

#[test]
fn the_silences_are_those_of_the_catalogue() {
    let checks = ALL.iter().map(|check| check.metadata());
    let silences = checks.flat_map(|check| check.silenced_by.iter().map(|graver| (*graver, check.id)));
    let expected = [
        ("replica-of-single-region-key", "replica-default-policy"),
        ("malformed-via-service", "via-service-other-region"),
        ("wildcard-in-exact-match", "via-service-other-region"),
        ("replica-of-single-region-key", "alias-missing-in-replica-region"),
        ("missing-replica", "multi-region-key-without-replica"),
        ("key-lockout", "single-policy-administrator"),
        ("key-lockout", "no-iam-delegation"),
        ("malformed-via-service", "wildcard-in-exact-match"),
        ("malformed-via-service", "condition-never-matches"),
        ("wildcard-in-exact-match", "condition-never-matches"),
        ("via-service-other-region", "condition-never-matches"),
        ("set-operator-on-single-value", "vacuous-for-all-values"),
        ("primary-deleted-before-replicas", "key-destroyed"),
        ("rotation-unsupported", "rotation-disabled"),
        ("rotation-unsupported", "rotation-period"),
        ("primary-deleted-before-replicas", "alias-retargeted"),
        ("key-destroyed", "alias-retargeted"),
    ];
    assert_eq!(silences.collect::<Vec<_>>(), expected);
}

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Resources of a kind each, by the name of the kind.
fn kinds() -> Vec<(&'static str, Planned)> {
    let key = || json!({"key_id": ID, "arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{ID}")});
    let policy = || json!({"key_id": ID, "policy": "{}"});
    let alias = || json!({"name": "alias/app", "target_key_id": ID});
    let queue = || json!({"kms_master_key_id": ID});
    let destination =
        json!([{"bucket": "arn:aws:s3:::d", "encryption_configuration": [{"replica_kms_key_id": ID}]}]);
    let replication = json!({"bucket": "s", "rule": [{"destination": destination}]});
    let encryption = json!([{"type": "aws:kms", "kms_key_arn": ID}]);
    let export = json!([{"export_revision_to_s3": [{"encryption": encryption}]}]);
    let part = json!({"Statement": [{"Effect": "Deny", "Action": "kms:*"}]}).to_string();
    let document = json!({"source_policy_documents": [part]});
    vec![
        ("key", keep("aws_kms_key.a", key())),
        ("external", keep("aws_kms_external_key.a", key())),
        ("replica", keep("aws_kms_replica_key.a", key())),
        ("replica-external", keep("aws_kms_replica_external_key.a", key())),
        ("data-key", keep("data.aws_kms_key.a", key())),
        ("key-gone", delete("aws_kms_key.a", key())),
        ("replica-gone", delete("aws_kms_replica_key.a", key())),
        ("policy", create("aws_kms_key_policy.a", policy())),
        ("policy-updated", update("aws_kms_key_policy.a", policy(), policy())),
        ("policy-gone", delete("aws_kms_key_policy.a", policy())),
        ("alias", create("aws_kms_alias.a", alias())),
        ("alias-updated", update("aws_kms_alias.a", alias(), alias())),
        ("alias-gone", delete("aws_kms_alias.a", alias())),
        ("data-alias", keep("data.aws_kms_alias.a", alias())),
        ("queue", create("aws_sqs_queue.a", queue())),
        ("queue-gone", delete("aws_sqs_queue.a", queue())),
        ("replication", create("aws_s3_bucket_replication_configuration.a", replication)),
        ("share", create("aws_ram_resource_association.a", json!({"resource_arn": ID}))),
        ("export", create("aws_dataexchange_event_action.a", json!({"action": export}))),
        ("trail", create("aws_cloudtrail.a", json!({"name": "t"}))),
        ("trail-gone", delete("aws_cloudtrail.a", json!({"name": "t"}))),
        ("document", keep("data.aws_iam_policy_document.a", document)),
        ("ciphertext", create("aws_kms_ciphertext.a", json!({"key_id": ID}))),
        ("ciphertext-gone", delete("aws_kms_ciphertext.a", json!({"key_id": ID}))),
    ]
}

#[test]
fn each_check_looks_at_what_it_is_about() {
    let consumers = "policy policy-updated alias alias-updated queue ciphertext";
    let keys = "key external replica replica-external";
    let holders = "key external replica replica-external policy policy-updated";
    let expected = [
        ("missing-replica", "key external"),
        ("single-region-key-used-cross-region", consumers),
        ("primary-used-from-other-region", consumers),
        ("replica-policy-differs", "replica replica-external"),
        ("replica-default-policy", "replica replica-external"),
        ("replica-of-single-region-key", "replica replica-external"),
        ("replica-in-primary-region", "replica replica-external"),
        ("via-service-other-region", holders),
        ("alias-missing-in-replica-region", "replica replica-external"),
        ("multi-region-key-without-replica", "key external"),
        ("s3-replication-key", "replication"),
        ("primary-deleted-before-replicas", "key-gone"),
        ("key-lockout", holders),
        ("single-policy-administrator", holders),
        ("no-iam-delegation", holders),
        ("lockout-check-bypassed", holders),
        ("policy-set-twice", "key external replica replica-external data-key"),
        ("inline-key-policy", keys),
        ("policy-lost-on-replace", "policy-updated"),
        ("policy-reset-on-destroy", "policy-gone"),
        ("literal-principal-arn", holders),
        ("public-key-policy", holders),
        ("wildcard-in-exact-match", holders),
        ("condition-never-matches", holders),
        ("deny-never-matches", holders),
        ("deny-always-matches", holders),
        ("deny-breaks-services", holders),
        ("incomplete-not-principal", holders),
        ("attestation-bypassable", holders),
        ("attestation-debug", holders),
        ("set-operator-on-single-value", holders),
        ("vacuous-for-all-values", holders),
        ("missing-set-operator", holders),
        ("unknown-condition-key", holders),
        ("unknown-action", holders),
        ("malformed-via-service", holders),
        ("inert-statement", holders),
        ("mfa-must-be-absent", holders),
        ("pointless-condition", holders),
        ("dropped-numeric-condition", "document"),
        ("deny-replaced-by-override", "document"),
        ("variable-in-old-version", holders),
        ("key-destroyed", "key external replica replica-external key-gone replica-gone"),
        ("missing-prevent-destroy", ""),
        ("rotation-disabled", keys),
        ("rotation-unsupported", keys),
        ("key-usage-spec-mismatch", "key external"),
        ("rotation-period", "key"),
        ("short-deletion-window", "key external"),
        ("key-disabled", keys),
        ("alias-retargeted", "alias-updated"),
        ("hard-coded-key", ""),
        ("material-expires", "external replica-external"),
        ("external-key-without-material", "external replica-external"),
        ("secret-in-state", "external replica-external ciphertext"),
        ("key-pending-deletion", "queue replication export"),
        ("kms-events-excluded", "trail"),
        ("default-key-policy", keys),
        ("missing-tags", ""),
    ];
    let plans: Vec<_> = kinds().into_iter().map(|(name, planned)| (name, plan(vec![planned]))).collect();
    let looks_at = |check: &dyn Registered| {
        let looked = plans.iter().filter(|(_, plan)| testing::subjects(check, plan) > 0);
        looked.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    };
    let actual: Vec<_> = ALL.iter().map(|check| (check.metadata().id, looks_at(*check))).collect();
    let actual: Vec<_> = actual.iter().map(|(id, kinds)| (*id, &**kinds)).collect();
    assert_eq!(actual, expected);
}
