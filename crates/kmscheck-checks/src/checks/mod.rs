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

mod alias_retargeted;
mod consumers;
mod cross_region;
mod default_key_policy;
mod external_key_without_material;
#[cfg(test)]
mod inline;
mod key_destroyed;
mod key_disabled;
mod key_pending_deletion;
mod key_usage_spec_mismatch;
mod kms_events_excluded;
mod material_expires;
mod missing_tags;
mod primary_deleted_before_replicas;
mod primary_used_from_other_region;
mod rotation_disabled;
mod rotation_period;
mod rotation_unsupported;
mod s3_replication_key;
mod secret_in_state;
mod short_deletion_window;
mod single_region_key_used_cross_region;

/// In the order of the catalogue: by group, then as the groups tell their story.
pub(crate) const ALL: &[&dyn Registered] = &[
    // replication
    &single_region_key_used_cross_region::SingleRegionKeyUsedCrossRegion,
    &primary_used_from_other_region::PrimaryUsedFromOtherRegion,
    &s3_replication_key::S3ReplicationKey,
    &primary_deleted_before_replicas::PrimaryDeletedBeforeReplicas,
    // lockout
    // exposure
    // lifecycle
    &key_destroyed::KeyDestroyed,
    &rotation_disabled::RotationDisabled,
    &rotation_unsupported::RotationUnsupported,
    &key_usage_spec_mismatch::KeyUsageSpecMismatch,
    &rotation_period::RotationPeriod,
    &short_deletion_window::ShortDeletionWindow,
    &key_disabled::KeyDisabled,
    &alias_retargeted::AliasRetargeted,
    &material_expires::MaterialExpires,
    &external_key_without_material::ExternalKeyWithoutMaterial,
    &secret_in_state::SecretInState,
    &key_pending_deletion::KeyPendingDeletion,
    &kms_events_excluded::KmsEventsExcluded,
    &default_key_policy::DefaultKeyPolicy,
    &missing_tags::MissingTags,
];
