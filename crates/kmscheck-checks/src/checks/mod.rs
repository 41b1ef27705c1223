//! One check a file, and the list of them.

use crate::Registered;

/// Declares what is fixed about a check. The doc comment in it is the documentation page.
macro_rules! declare_check {
    ($(#[doc = $line:literal])* $($field:ident: $value:expr),* $(,)?) => {
        static METADATA: $crate::Metadata = $crate::Metadata {
            documentation: concat!($($line, "\n"),*),
            $($field: $value),*
        };
    };
}

mod alias_missing_in_replica_region;
mod alias_retargeted;
mod assembled;
mod attestation_bypassable;
mod attestation_debug;
#[cfg(test)]
mod catalogue;
mod condition_never_matches;
mod consumers;
mod cross_region;
mod default_key_policy;
mod deny_always_matches;
mod deny_breaks_services;
mod deny_never_matches;
mod deny_replaced_by_override;
mod dropped_numeric_condition;
mod external_key_without_material;
mod hard_coded_key;
mod incomplete_not_principal;
mod inert_statement;
#[cfg(test)]
mod inline;
mod inline_key_policy;
mod key_destroyed;
mod key_disabled;
mod key_lockout;
mod key_pending_deletion;
mod key_usage_spec_mismatch;
mod kms_events_excluded;
mod literal_principal_arn;
mod lockout_check_bypassed;
mod malformed_via_service;
mod material_expires;
mod mfa_must_be_absent;
mod missing_prevent_destroy;
mod missing_replica;
mod missing_set_operator;
mod missing_tags;
mod misspelled;
mod multi_region_key_without_replica;
mod no_iam_delegation;
mod pointless_condition;
mod policies;
mod policy_lost_on_replace;
mod policy_reset_on_destroy;
mod policy_set_twice;
mod primary_deleted_before_replicas;
mod primary_used_from_other_region;
mod public_key_policy;
mod replica_default_policy;
mod replica_in_primary_region;
mod replica_of_single_region_key;
mod replica_policy_differs;
mod replication_words;
mod rotation_disabled;
mod rotation_period;
mod rotation_unsupported;
mod s3_replication_key;
mod secret_in_state;
mod set_operator_on_single_value;
mod short_deletion_window;
mod single_policy_administrator;
mod single_region_key_used_cross_region;
mod unknown_action;
mod unknown_condition_key;
mod vacuous_for_all_values;
mod variable_in_old_version;
mod via_service_other_region;
mod wildcard_in_exact_match;

/// In the order of the catalogue: by group, then as the groups tell their story.
pub(crate) const ALL: &[&dyn Registered] = &[
    // replication
    &missing_replica::MissingReplica,
    &single_region_key_used_cross_region::SingleRegionKeyUsedCrossRegion,
    &primary_used_from_other_region::PrimaryUsedFromOtherRegion,
    &replica_policy_differs::ReplicaPolicyDiffers,
    &replica_default_policy::ReplicaDefaultPolicy,
    &replica_of_single_region_key::ReplicaOfSingleRegionKey,
    &replica_in_primary_region::ReplicaInPrimaryRegion,
    &via_service_other_region::ViaServiceOtherRegion,
    &alias_missing_in_replica_region::AliasMissingInReplicaRegion,
    &multi_region_key_without_replica::MultiRegionKeyWithoutReplica,
    &s3_replication_key::S3ReplicationKey,
    &primary_deleted_before_replicas::PrimaryDeletedBeforeReplicas,
    // lockout
    &key_lockout::KeyLockout,
    &single_policy_administrator::SinglePolicyAdministrator,
    &no_iam_delegation::NoIamDelegation,
    &lockout_check_bypassed::LockoutCheckBypassed,
    &policy_set_twice::PolicySetTwice,
    &inline_key_policy::InlineKeyPolicy,
    &policy_lost_on_replace::PolicyLostOnReplace,
    &policy_reset_on_destroy::PolicyResetOnDestroy,
    &literal_principal_arn::LiteralPrincipalArn,
    // exposure
    &public_key_policy::PublicKeyPolicy,
    // conditions
    &wildcard_in_exact_match::WildcardInExactMatch,
    &condition_never_matches::ConditionNeverMatches,
    &deny_never_matches::DenyNeverMatches,
    &deny_always_matches::DenyAlwaysMatches,
    &deny_breaks_services::DenyBreaksServices,
    &incomplete_not_principal::IncompleteNotPrincipal,
    &attestation_bypassable::AttestationBypassable,
    &attestation_debug::AttestationDebug,
    &set_operator_on_single_value::SetOperatorOnSingleValue,
    &vacuous_for_all_values::VacuousForAllValues,
    &missing_set_operator::MissingSetOperator,
    &unknown_condition_key::UnknownConditionKey,
    &unknown_action::UnknownAction,
    &malformed_via_service::MalformedViaService,
    &inert_statement::InertStatement,
    &mfa_must_be_absent::MfaMustBeAbsent,
    &pointless_condition::PointlessCondition,
    &dropped_numeric_condition::DroppedNumericCondition,
    &deny_replaced_by_override::DenyReplacedByOverride,
    &variable_in_old_version::VariableInOldVersion,
    // lifecycle
    &key_destroyed::KeyDestroyed,
    &missing_prevent_destroy::MissingPreventDestroy,
    &rotation_disabled::RotationDisabled,
    &rotation_unsupported::RotationUnsupported,
    &key_usage_spec_mismatch::KeyUsageSpecMismatch,
    &rotation_period::RotationPeriod,
    &short_deletion_window::ShortDeletionWindow,
    &key_disabled::KeyDisabled,
    &alias_retargeted::AliasRetargeted,
    &hard_coded_key::HardCodedKey,
    &material_expires::MaterialExpires,
    &external_key_without_material::ExternalKeyWithoutMaterial,
    &secret_in_state::SecretInState,
    &key_pending_deletion::KeyPendingDeletion,
    &kms_events_excluded::KmsEventsExcluded,
    &default_key_policy::DefaultKeyPolicy,
    &missing_tags::MissingTags,
];
