//! What the graph knows about the key that a reference names.

use kmscheck_value::{Because, Knowledge};

use crate::arn::is_multi_region_id;
use crate::{KeyReference, KmsGraph, Relative, Target};

impl<'p> KmsGraph<'p> {
    /// Whether the key that a reference names is a multi-Region key; of several possible keys, if they are alike. A
    /// key that AWS manages is none. Source: KMS developer guide, "Multi-Region keys in AWS KMS".
    pub fn is_multi_region(&self, reference: &KeyReference) -> Knowledge<bool> {
        match &reference.target {
            Target::Nothing | Target::AwsManaged => Knowledge::Known(false),
            Target::Elsewhere { key_id: Some(id), .. } => Knowledge::Known(is_multi_region_id(id)),
            Target::Elsewhere { key_id: None, .. } => {
                Knowledge::undetermined("which key the alias stands for is not in this input")
            }
            Target::Undetermined(because) => Knowledge::Undetermined(because.clone()),
            Target::Keys(keys) => {
                let mut facts = keys.iter().map(|key| self.key(*key).is_multi_region());
                let Some(first) = facts.next() else { return Knowledge::Known(false) };
                let different = || Because::new("which of several keys it is is not known before apply");
                facts.fold(first, |first, other| match (first, other) {
                    (Knowledge::Known(a), Knowledge::Known(b)) if a != b => {
                        Knowledge::Undetermined(different())
                    }
                    (Knowledge::Known(_), other) => other,
                    (undetermined, _) => undetermined,
                })
            }
        }
    }

    /// The multi-Region key in `region` that is related to the key that a reference names (or is that key), or none;
    /// `Undetermined` if there may be one.
    pub fn relative_in(&self, reference: &KeyReference, region: &str) -> Knowledge<Option<Relative<'p>>> {
        let key = match &reference.target {
            Target::Elsewhere { key_id: Some(id), .. } => self.families.with_id(id),
            _ => reference.key(),
        };
        match key {
            Some(key) => self.families.relative_in(key, region),
            None => Knowledge::undetermined("the keys that are related to it are not in this input"),
        }
    }
}
