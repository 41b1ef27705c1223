use kmscheck_graph::{KmsGraph, Node};

use crate::{Check, Context, Detection, Finding, Group, Metadata, Needs, Severity};

declare_check! {
    /// # What it reports
    ///
    /// A secret of AWS KMS that Terraform writes into its state in clear text: imported key material
    /// (`key_material_base64`), the `plaintext` of an `aws_kms_ciphertext`, what `data.aws_kms_secrets` decrypts, and the
    /// `key_store_password` of a custom key store.
    ///
    /// # Why it matters
    ///
    /// `sensitive` hides a value in Terraform's output only. In the state, in a saved plan, and in what
    /// `terraform show -json` prints of either, it is readable. Who can read the state has the key material, and with it
    /// all data under the key, past every key policy.
    ///
    /// # Example
    ///
    /// ```hcl,bad
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// variable "password" {
    ///   type      = string
    ///   sensitive = true
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_ciphertext" "password" {
    ///   key_id    = aws_kms_key.app.key_id
    ///   plaintext = var.password
    /// }
    /// ```
    ///
    /// ```hcl,good
    /// provider "aws" {
    ///   region = "eu-west-1"
    /// }
    ///
    /// variable "password" {
    ///   type      = string
    ///   sensitive = true
    /// }
    ///
    /// resource "aws_kms_key" "app" {
    ///   description         = "Application data"
    ///   enable_key_rotation = true
    /// }
    ///
    /// resource "aws_kms_ciphertext" "password" {
    ///   key_id               = aws_kms_key.app.key_id
    ///   plaintext_wo         = var.password
    ///   plaintext_wo_version = 1
    /// }
    /// ```
    ///
    /// # What it leaves alone
    ///
    /// `plaintext_wo` of `aws_kms_ciphertext` and `ephemeral "aws_kms_secrets"`, which are in no state. Secrets of other
    /// services.
    ///
    /// # References
    ///
    /// - [Sensitive data in state](https://developer.hashicorp.com/terraform/language/state/sensitive-data)
    /// - [Importing key material](https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html)
    id: "secret-in-state",
    summary: "A secret is written into the Terraform state",
    group: Group::Lifecycle,
    severity: Severity::Medium,
    aliases: &[],
    needs: Needs::Anything,
    default: true,
    silenced_by: &[],
}

pub(crate) struct SecretInState;

/// A place where a secret may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'g> {
    node: Node<'g>,
    secret: Secret,
}

/// The secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    Material,
    Plaintext,
    Decrypted,
    StorePassword,
}

const RESOURCES: [(&str, Secret); 4] = [
    ("aws_kms_external_key", Secret::Material),
    ("aws_kms_replica_external_key", Secret::Material),
    ("aws_kms_ciphertext", Secret::Plaintext),
    ("aws_kms_custom_key_store", Secret::StorePassword),
];

const DATA: [(&str, Secret); 2] =
    [("aws_kms_ciphertext", Secret::Plaintext), ("aws_kms_secrets", Secret::Decrypted)];

impl Secret {
    fn argument(self) -> &'static str {
        match self {
            Self::Material => "key_material_base64",
            Self::Plaintext => "plaintext",
            Self::Decrypted => "secret",
            Self::StorePassword => "key_store_password",
        }
    }
}

impl Check for SecretInState {
    type Subject<'g> = Place<'g>;
    type Fact = ();

    fn metadata(&self) -> &'static Metadata {
        &METADATA
    }

    fn subjects<'g>(&self, cx: Context<'g>) -> Vec<Place<'g>> {
        let graph: &'g KmsGraph<'g> = cx.graph;
        let managed = RESOURCES.iter().map(|(name, secret)| (graph.managed(name), *secret));
        let data = DATA.iter().map(|(name, secret)| (graph.data(name), *secret));
        let places = managed
            .chain(data)
            .flat_map(|(nodes, secret)| nodes.iter().map(move |node| Place { node: *node, secret }));
        places.filter(|place| place.node.remains()).collect()
    }

    fn bearer<'g>(&self, _: Context<'g>, place: &Place<'g>) -> Node<'g> {
        place.node
    }

    fn detect<'g>(&self, _: Context<'g>, place: &Place<'g>) -> Detection<()> {
        let held = is_encrypted(place) || place.node.is_given(place.secret.argument()).ok()?;
        Ok(held.then_some(()))
    }

    fn report<'g>(&self, _: Context<'g>, place: &Place<'g>, (): ()) -> Finding {
        let (secret, help) = match place.secret {
            Secret::Material => (
                "The imported key material",
                "Create the key without `key_material_base64` and import the material outside of Terraform, with \
                 `ImportKeyMaterial`.",
            ),
            Secret::Plaintext => (
                "The text to encrypt",
                "Use `plaintext_wo` (AWS provider 6), or encrypt the text outside of Terraform.",
            ),
            Secret::Decrypted => (
                "What this data source decrypts",
                "Use the ephemeral resource `aws_kms_secrets` (Terraform 1.10), or let the program that needs the \
                 secret read it itself.",
            ),
            Secret::StorePassword => (
                "The password of the key store",
                "Connect the key store outside of Terraform, and change the password after it has been in a state.",
            ),
        };
        let message = format!(
            "{secret} is written into the Terraform state and into saved plans in clear text. Whoever can read the \
             state has it."
        );
        Finding::new(&METADATA, place.node, message, help).subject_attribute(place.secret.argument())
    }
}

/// Whether there is a text to encrypt that is not known yet. It cannot turn out to be null: the provider wants it, or
/// `plaintext_wo` in its place.
fn is_encrypted(place: &Place<'_>) -> bool {
    let text = place.node.attribute(place.secret.argument());
    place.secret == Secret::Plaintext && text.is_some_and(|text| text.unknown().is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::inline::{Planned, create, delete, keep, verdicts};
    use super::*;

    #[test]
    fn recorded_plans_are_judged_as_expected() {
        crate::testing::recorded(&SecretInState);
    }

    fn judge(planned: Planned) -> Vec<String> {
        verdicts(&SecretInState, vec![planned])
    }

    #[test]
    fn each_secret_is_found_where_it_is() {
        for (address, argument) in [
            ("aws_kms_external_key.a", "key_material_base64"),
            ("aws_kms_replica_external_key.a", "key_material_base64"),
            ("aws_kms_ciphertext.a", "plaintext"),
            ("aws_kms_custom_key_store.a", "key_store_password"),
            ("data.aws_kms_ciphertext.a", "plaintext"),
        ] {
            let violated = [format!("violated medium {address}")];
            assert_eq!(judge(keep(address, json!({argument: "secret"}))), violated);
            assert!(judge(keep(address, json!({argument: null}))).is_empty(), "{address}");
            assert!(judge(delete(address, json!({argument: "secret"}))).is_empty(), "{address}");
        }
    }

    #[test]
    fn a_text_to_encrypt_is_there_even_if_it_is_not_known_yet() {
        let unknown = || json!({"$ref": "terraform_data.x.output"});
        let ciphertext = create("aws_kms_ciphertext.a", json!({"plaintext": unknown()}));
        assert_eq!(judge(ciphertext), ["violated medium aws_kms_ciphertext.a"]);
        let key = create("aws_kms_external_key.a", json!({"key_material_base64": unknown()}));
        assert_eq!(judge(key), ["undetermined aws_kms_external_key.a"], "perhaps there is none");
    }

    #[test]
    fn what_a_data_source_decrypts_is_always_in_the_state() {
        let secrets = json!({"secret": [{"name": "a", "payload": "AQICAH"}]});
        assert_eq!(
            judge(keep("data.aws_kms_secrets.a", secrets)),
            ["violated medium data.aws_kms_secrets.a"]
        );
    }

    #[test]
    fn a_write_only_argument_is_not_in_the_state() {
        let ciphertext = json!({"plaintext": null, "plaintext_wo": null, "plaintext_wo_version": 1});
        assert!(judge(keep("aws_kms_ciphertext.a", ciphertext)).is_empty());
    }
}
