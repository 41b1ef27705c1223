//! Which keys have one policy, whatever it will say.

use kmscheck_value::{Unknown, Value};

use crate::documents::is_document;
use crate::node::NodeId;
use crate::{Key, KeyId, KmsGraph, Node, PolicySource};

/// How far a policy is followed through keys that take it from each other.
const DEPTH: usize = 32;

impl<'p> KmsGraph<'p> {
    /// Whether two keys have one policy if the configuration gives both of them one, although what it says is not known:
    /// both take it from one document, or one from the other.
    ///
    /// A plan shows what an unknown argument is made from, not what is made of it: that an argument made from nothing
    /// but one policy document, or from nothing but the policy of one key, *is* that policy is an assumption, here as
    /// for the parts of a document. Nothing is assumed of what is made from anything else: two templates may both name
    /// one role.
    pub fn share_policy(&self, a: KeyId, b: KeyId) -> bool {
        let origin = |id| self.origin(self.key(id));
        self.unresolved_writers.is_empty() && origin(a).is_some_and(|own| Some(own) == origin(b))
    }

    /// The attribute that a key's unknown policy comes from; `None` if its own `policy` argument does not decide.
    fn origin(&self, key: &Key<'p>) -> Option<(NodeId, &'p str)> {
        if !matches!(self.policy(key.id).source, PolicySource::Inline(_) | PolicySource::Unknown) {
            return None;
        }
        let mut origin = (key.node, unknown_policy(key.node).map(|_| "policy")?);
        for _ in 0..DEPTH {
            let source = unknown_policy(origin.0).and_then(Unknown::sole_source);
            let Some((symbol, node)) = source.and_then(|symbol| Some((symbol, origin.0.at(symbol)?))) else {
                break;
            };
            if is_document(node, symbol) {
                return Some((node.id, symbol.path()));
            }
            if symbol.path() != "policy" || self.key_at(node).is_none() || unknown_policy(node).is_none() {
                break;
            }
            origin = (node, "policy");
        }
        Some((origin.0.id, origin.1))
    }
}

fn unknown_policy(node: Node<'_>) -> Option<&Unknown> {
    node.attribute("policy").and_then(Value::unknown)
}
