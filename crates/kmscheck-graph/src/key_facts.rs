//! What AWS KMS says about kinds of keys.

use kmscheck_value::{Knowledge, Value};

use crate::{Key, KeyKind};

/// A key spec, `CustomerMasterKeySpec` in the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeySpec<'p>(pub &'p str);

/// A key usage that a spec allows or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyUsage<'p>(pub &'p str);

/// What can only be had from a key, and is lost with it.
/// Source: KMS developer guide, "Delete an AWS KMS key" and "Asymmetric keys in AWS KMS": data under a deleted key cannot
/// be decrypted; a signature can be verified with the public key outside of AWS KMS; what else is done with a key needs
/// the part that never leaves AWS KMS. `KeyUsage` in the API reference tells which of them a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yield {
    /// What is encrypted under it: `ENCRYPT_DECRYPT`, and every usage that is not in the list.
    Plaintexts,
    /// New signatures: `SIGN_VERIFY`.
    Signatures,
    /// New MACs, and the verification of old ones: `GENERATE_VERIFY_MAC`.
    Macs,
    /// Shared secrets: `KEY_AGREEMENT`, `ENCAPSULATE_DECAPSULATE`.
    SharedSecrets,
}

/// Why AWS KMS cannot rotate a key by itself.
/// Source: KMS developer guide, "Rotating AWS KMS keys": automatic rotation is for symmetric encryption keys with
/// material that AWS KMS made; replicas follow their primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationBarrier<'p> {
    /// The spec is not `SYMMETRIC_DEFAULT`.
    Spec(KeySpec<'p>),
    /// The material is imported.
    ImportedMaterial,
    /// The key lives in a custom key store.
    CustomKeyStore,
    /// The key is a replica: rotation is set on the primary.
    Replica,
}

const SYMMETRIC_DEFAULT: &str = "SYMMETRIC_DEFAULT";

impl<'p> KeySpec<'p> {
    /// Whether it is the symmetric encryption spec.
    pub fn is_symmetric(self) -> bool {
        self.0 == SYMMETRIC_DEFAULT
    }

    /// The usages that the spec allows; `None` for a spec that is not in the list.
    /// Source: KMS API reference, `CreateKey`, `KeyUsage` and `KeySpec`.
    pub fn usages(self) -> Option<&'static [&'static str]> {
        let usages: &[&str] = match self.0 {
            SYMMETRIC_DEFAULT => &["ENCRYPT_DECRYPT"],
            "RSA_2048" | "RSA_3072" | "RSA_4096" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
            "ECC_NIST_P256" | "ECC_NIST_P384" | "ECC_NIST_P521" => &["SIGN_VERIFY", "KEY_AGREEMENT"],
            "ECC_SECG_P256K1" | "ECC_NIST_EDWARDS25519" | "ML_DSA_44" | "ML_DSA_65" | "ML_DSA_87" => {
                &["SIGN_VERIFY"]
            }
            "SM2" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"],
            "HMAC_224" | "HMAC_256" | "HMAC_384" | "HMAC_512" => &["GENERATE_VERIFY_MAC"],
            "ML_KEM_512" | "ML_KEM_768" | "ML_KEM_1024" => &["ENCAPSULATE_DECAPSULATE"],
            _ => return None,
        };
        Some(usages)
    }
}

impl KeyUsage<'_> {
    /// What can only be had from a key of this usage.
    pub fn yields(self) -> Yield {
        match self.0 {
            "SIGN_VERIFY" => Yield::Signatures,
            "GENERATE_VERIFY_MAC" => Yield::Macs,
            "KEY_AGREEMENT" | "ENCAPSULATE_DECAPSULATE" => Yield::SharedSecrets,
            _ => Yield::Plaintexts,
        }
    }
}

impl<'p> Key<'p> {
    /// The usage that the key has before the change, if the input shows it.
    pub fn former_usage(&self) -> Option<KeyUsage<'p>> {
        self.node.resource.before("key_usage").and_then(Value::as_str).map(KeyUsage)
    }

    /// The key spec. An `aws_kms_key` without one is symmetric; so is an `aws_kms_external_key`.
    pub fn spec(&self) -> Knowledge<KeySpec<'p>> {
        let argument = if self.kind == KeyKind::Kms { "customer_master_key_spec" } else { "key_spec" };
        self.node.string(argument).map(|spec| KeySpec(spec.unwrap_or(SYMMETRIC_DEFAULT)))
    }

    /// The key usage; `ENCRYPT_DECRYPT` when left out.
    pub fn usage(&self) -> Knowledge<KeyUsage<'p>> {
        self.node.string("key_usage").map(|usage| KeyUsage(usage.unwrap_or("ENCRYPT_DECRYPT")))
    }

    /// Whether the key is enabled; it is when the configuration does not say.
    pub fn is_enabled(&self) -> Knowledge<bool> {
        self.node.flag(self.enabled_argument(), true)
    }

    /// The name of the argument that enables the key.
    pub fn enabled_argument(&self) -> &'static str {
        if self.kind == KeyKind::Kms { "is_enabled" } else { "enabled" }
    }

    /// Whether automatic rotation is switched on; it is not when the configuration does not say.
    pub fn rotates(&self) -> Knowledge<bool> {
        self.node.flag("enable_key_rotation", false)
    }

    /// Whether the key lives in a custom key store.
    pub fn is_in_custom_key_store(&self) -> Knowledge<bool> {
        let cloud_hsm = self.node.is_given("custom_key_store_id");
        let external = self.node.is_given("xks_key_id");
        match (cloud_hsm, external) {
            (Knowledge::Known(true), _) | (_, Knowledge::Known(true)) => Knowledge::Known(true),
            (Knowledge::Known(false), other) | (other, _) => other,
        }
    }

    /// Why AWS KMS cannot rotate the key, or `None` if it can.
    pub fn rotation_barrier(&self) -> Knowledge<Option<RotationBarrier<'p>>> {
        if self.kind.is_replica() {
            return Knowledge::Known(Some(RotationBarrier::Replica));
        }
        if self.kind.is_imported() {
            return Knowledge::Known(Some(RotationBarrier::ImportedMaterial));
        }
        let spec = self.spec();
        let custom_store = self.is_in_custom_key_store();
        match (spec, custom_store) {
            (Knowledge::Known(spec), _) if !spec.is_symmetric() => {
                Knowledge::Known(Some(RotationBarrier::Spec(spec)))
            }
            (_, Knowledge::Known(true)) => Knowledge::Known(Some(RotationBarrier::CustomKeyStore)),
            (Knowledge::Known(_), Knowledge::Known(false)) => Knowledge::Known(None),
            (Knowledge::Undetermined(because), _) | (_, Knowledge::Undetermined(because)) => {
                Knowledge::Undetermined(because)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_with_a_key_depends_on_its_usage() {
        assert_eq!(KeyUsage("ENCRYPT_DECRYPT").yields(), Yield::Plaintexts);
        assert_eq!(KeyUsage("SIGN_VERIFY").yields(), Yield::Signatures);
        assert_eq!(KeyUsage("GENERATE_VERIFY_MAC").yields(), Yield::Macs);
        assert_eq!(KeyUsage("KEY_AGREEMENT").yields(), Yield::SharedSecrets);
    }

    #[test]
    fn every_spec_has_a_usage_and_unknown_specs_have_none() {
        assert_eq!(KeySpec("HMAC_256").usages(), Some(&["GENERATE_VERIFY_MAC"][..]));
        assert_eq!(KeySpec("RSA_2048").usages().map(<[_]>::len), Some(2));
        assert_eq!(KeySpec("QUANTUM_9000").usages(), None);
    }
}
