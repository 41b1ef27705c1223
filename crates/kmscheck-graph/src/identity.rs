//! IAM identities and their policies.

use std::sync::Arc;

use kmscheck_iam::{Named, Pattern, Principal, PrincipalKind};
use kmscheck_value::{Kind, Piece, Symbol, Text, Truth, Value};
use rustc_hash::FxHashMap;

use crate::principal_symbol::meaning;
use crate::{KmsGraph, LazyDocument, Node};

/// A role or user of the project.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'p> {
    /// `aws_iam_role` or `aws_iam_user`.
    pub node: Node<'p>,
}

impl<'p> Identity<'p> {
    /// The ARN if AWS has given it one.
    pub fn arn(&self) -> Option<&'p str> {
        self.node.attribute("arn").and_then(Value::as_str)
    }

    /// The name if it is known.
    pub fn name(&self) -> Option<&'p str> {
        self.node.attribute("name").and_then(Value::as_str)
    }
}

impl Identity<'_> {
    /// Whether a principal that a policy of the same project names is this role or user, as it is after the change.
    /// No for one whose name the provider chooses: nobody can write that down.
    pub fn is(&self, principal: &Principal) -> Truth {
        let ((PrincipalKind::Role(named), "aws_iam_role") | (PrincipalKind::User(named), "aws_iam_user")) =
            (&principal.kind, self.node.resource_type())
        else {
            return Truth::No;
        };
        match self.arn() {
            Some(arn) if self.node.remains() => Pattern::exact(&arn.into()).matches(&principal.written),
            None if self.node.remains() => self.is_named(named),
            _ => Truth::No,
        }
    }

    fn is_named(&self, named: &Named) -> Truth {
        let own = self.node.resource.deployment.account.text();
        let account = match named.account.as_symbol() {
            Some(symbol) => meaning(self.node, symbol),
            None => named.account.clone(),
        };
        let Some(name) = self.name_with_path() else { return Truth::No };
        Pattern::exact(&own).matches(&account).and(Pattern::exact(&name).matches(&named.name))
    }

    /// The name after its path, as an ARN has it: `team/deployer`; `None` if the provider chooses it.
    fn name_with_path(&self) -> Option<Text> {
        let given = |attribute: &str| match self.node.attribute(attribute).map(|value| &value.kind) {
            None | Some(Kind::Null | Kind::Unset) => None,
            Some(Kind::Text(text)) => Some(text.clone()),
            Some(_) => Some(Text::symbol(Symbol::new(self.node.to_string(), attribute))),
        };
        let name = given("name")?;
        let Some(path) = given("path") else { return Some(name) };
        let mut pieces = path.pieces().into_owned();
        if let Some(Piece::Literal(first)) = pieces.first_mut() {
            *first = first.strip_prefix('/').unwrap_or(first).into();
        }
        Some(Text::concat(pieces.into_iter().chain(name.pieces().iter().cloned())))
    }
}

/// The roles and users, by project and name.
#[derive(Debug, Default)]
pub(crate) struct IdentityIndex<'p> {
    by_name: FxHashMap<(usize, &'p str), Vec<usize>>,
    /// Those whose name is not known.
    unnamed: FxHashMap<usize, Vec<usize>>,
}

impl<'p> IdentityIndex<'p> {
    pub(crate) fn of(identities: &[Identity<'p>]) -> Self {
        let mut index = Self::default();
        for (position, identity) in identities.iter().enumerate() {
            let project = identity.node.id.0;
            match identity.name() {
                Some(name) => index.by_name.entry((project, name)).or_default().push(position),
                None => index.unnamed.entry(project).or_default().push(position),
            }
            let former = identity.node.resource.before("name").and_then(Value::as_str);
            if let Some(former) = former.filter(|former| identity.name() != Some(former)) {
                index.by_name.entry((project, former)).or_default().push(position);
            }
        }
        index
    }
}

impl<'p> KmsGraph<'p> {
    /// The roles and users of a project that a principal which is spelled out in one of its policies may name, before
    /// or after the change.
    pub fn identities_called(&self, node: Node<'p>, principal: &Principal) -> Vec<&Identity<'p>> {
        let name = principal.kind.identity().and_then(|named| named.name.as_str());
        let name = name.map(|name| name.rsplit('/').next().unwrap_or(name));
        let index = &self.identity_index;
        let known = name.and_then(|name| index.by_name.get(&(node.id.0, name)));
        let unknown = name.and_then(|_| index.unnamed.get(&node.id.0));
        let positions = [known, unknown].into_iter().flatten().flatten();
        positions.filter_map(|position| self.identities.get(*position)).collect()
    }
}

/// A policy that is attached to identities.
#[derive(Debug)]
pub struct IdentityPolicy<'p> {
    /// `aws_iam_policy`, `aws_iam_role_policy`, `aws_iam_user_policy` or `aws_iam_group_policy`.
    pub node: Node<'p>,
    /// What it says.
    pub document: Arc<LazyDocument<'p>>,
}
