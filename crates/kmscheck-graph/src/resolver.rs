//! From an attribute that names a key to that key.

use std::sync::Arc;

use kmscheck_model::Account;
use kmscheck_value::{Because, Kind, Knowledge, Piece, Symbol, Text, Unknown, Value};

use crate::alias::Alias;
use crate::family::{Families, Relative};
use crate::former::Former;
use crate::index::{AliasIndex, KeyIndex};
use crate::place::Place;
use crate::{Arn, Key, KeyId, KeyIdentifier, KeyReference, Node, Target, Written};

/// Whoever uses a key. An id and an alias name are looked up in its account, and in the Region where it needs the key.
/// Source: KMS API reference, `KeyId` parameter.
pub(crate) struct User<'p> {
    pub(crate) node: Node<'p>,
    pub(crate) place: Place<'p>,
}

impl<'p> User<'p> {
    /// A resource that needs its key where it is itself.
    pub(crate) fn at(node: Node<'p>) -> Self {
        Self { node, place: Place::of(node) }
    }

    pub(crate) fn account(&self) -> &'p Account {
        &self.node.resource.deployment.account
    }

    /// The Region of a place, if the key is needed in another one.
    pub(crate) fn astray(&self, there: &Place<'p>) -> Knowledge<Option<Arc<str>>> {
        match self.place.shares_region(there) {
            Knowledge::Known(true) => Knowledge::Known(None),
            Knowledge::Known(false) => there.region().clone().map(Some),
            Knowledge::Undetermined(because) => Knowledge::Undetermined(because),
        }
    }
}

/// Resolves references to keys.
pub(crate) struct Resolver<'r, 'p> {
    pub(crate) keys: &'r [Key<'p>],
    pub(crate) key_index: &'r KeyIndex<'p>,
    pub(crate) families: &'r Families<'p>,
    pub(crate) aliases: &'r [Alias<'p>],
    pub(crate) alias_index: &'r AliasIndex<'p>,
    pub(crate) former: &'r Former<'p>,
}

impl<'p> Resolver<'_, 'p> {
    /// The key that `value`, an attribute of `user`, names.
    pub(crate) fn resolve(&self, user: &User<'p>, value: Option<&Value>) -> KeyReference {
        let Some(value) = value else { return KeyReference::nothing() };
        match &value.kind {
            Kind::Text(text) => self.text(user, text),
            Kind::Unknown(unknown) => self.unknown(user, unknown),
            Kind::Choice(options) => {
                let options = options.iter().map(|option| self.resolve(user, Some(option)));
                KeyReference::one_of(&options.collect::<Vec<_>>())
            }
            Kind::Null | Kind::Unset => KeyReference::nothing(),
            Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => KeyReference::nothing(),
        }
    }

    fn text(&self, user: &User<'p>, text: &Text) -> KeyReference {
        if let Some(symbol) = text.as_symbol() {
            return self.symbol(user, symbol);
        }
        match text.as_str() {
            Some("") => KeyReference::nothing(),
            Some(literal) => match KeyIdentifier::parse(literal) {
                Some(identifier) => self.literal(user, literal, identifier),
                None => KeyReference::undetermined(Because::new(format!("`{text}` does not name a KMS key"))),
            },
            None => self.symbolic(user, text),
        }
    }

    /// A text that is known in parts: the name of an alias that is written in the same way, or a JSON document that names
    /// one key by its ARN.
    fn symbolic(&self, user: &User<'p>, text: &Text) -> KeyReference {
        // What a variable is in another root module it need not be here.
        let is_named = |alias: &&Alias<'p>| {
            alias.node.attribute("name").and_then(Value::as_text) == Some(text)
                && alias.node.id.0 == user.node.id.0
                && alias.node.resource.deployment.account.same(user.account()).is_yes()
                && Place::of(alias.node).shares_region(&user.place) == Knowledge::Known(true)
        };
        if let Some(alias) = self.aliases.iter().find(is_named) {
            return self.of_alias(user, alias, "name").unwrap_or_else(|| self.unclear(text));
        }
        match key_in_json(text) {
            Some(symbol) => self.symbol(user, &symbol),
            None => self.unclear(text),
        }
    }

    fn unclear(&self, text: &Text) -> KeyReference {
        KeyReference::undetermined(Because::new(format!("`{text}` is not known before apply")))
    }

    fn literal(&self, user: &User<'p>, text: &str, identifier: KeyIdentifier<'_>) -> KeyReference {
        match identifier {
            KeyIdentifier::KeyArn(arn, _) => {
                let target = self.key_index.with_arn(text).map_or_else(|| elsewhere(identifier), one);
                KeyReference { target, written: Written::Arn, astray: user.astray(&place_of(arn)) }
            }
            KeyIdentifier::AliasArn(arn, name) => {
                let target = self.by_alias_arn(arn, name).unwrap_or_else(|| elsewhere(identifier));
                KeyReference { target, written: Written::AliasArn, astray: user.astray(&place_of(arn)) }
            }
            KeyIdentifier::KeyId(id) => self.literal_id(user, id),
            KeyIdentifier::AliasName(name) => self.literal_alias(user, name),
        }
    }

    fn literal_id(&self, user: &User<'p>, id: &str) -> KeyReference {
        if let Some(key) = self.families.with_id(id).and_then(|key| self.keys.get(key.0)) {
            return self.by_id(user, key);
        }
        let seen = self.id_of_an_alias(user, id).or_else(|| self.former_id(user, id));
        if let Some(reference) = seen {
            return reference;
        }
        let because =
            Because::new(format!("the key that {} names by its id is not in this input", user.node))
                .settled_by("give the plan that has the key in the same call");
        let target = elsewhere(KeyIdentifier::KeyId(id));
        KeyReference { target, written: Written::KeyId, astray: Knowledge::Undetermined(because) }
    }

    /// The key that has this id until the plan replaces it.
    fn former_id(&self, user: &User<'p>, id: &str) -> Option<KeyReference> {
        let arn = Arn::parse(self.former.arn_of_id(id, &user.place)?)?;
        let astray = user.astray(&place_of(arn));
        let target = elsewhere(KeyIdentifier::KeyArn(arn, id));
        Some(KeyReference { target, written: Written::KeyId, astray })
    }

    fn by_arn(user: &User<'p>, key: &Key<'p>) -> KeyReference {
        KeyReference { target: one(key.id), written: Written::Arn, astray: user.astray(&key.place()) }
    }

    /// Of related multi-Region keys an id means the one where the key is needed; if there is none, any of them shows
    /// that it is missing.
    pub(crate) fn by_id(&self, user: &User<'p>, key: &Key<'p>) -> KeyReference {
        let relative = self.families.key_at(key.id, &user.place);
        let target = one(relative.unwrap_or(key.id));
        KeyReference { target, written: Written::KeyId, astray: self.id_astray(user, key) }
    }

    fn id_astray(&self, user: &User<'p>, key: &Key<'p>) -> Knowledge<Option<Arc<str>>> {
        if self.families.key_at(key.id, &user.place).is_some() {
            return Knowledge::Known(None);
        }
        let own = user.astray(&key.place());
        let here = user.place.region().known().filter(|_| key.is_multi_region() != Knowledge::Known(false));
        match here.map(|here| self.families.relative_in(key.id, here)) {
            Some(Knowledge::Known(Some(Relative::Key(_) | Relative::Seen(_)))) => Knowledge::Known(None),
            Some(Knowledge::Undetermined(because)) => Knowledge::Undetermined(because),
            Some(Knowledge::Known(None)) | None => own,
        }
    }

    fn by_arn_or_id(&self, user: &User<'p>, key: &Key<'p>) -> KeyReference {
        KeyReference::one_of(&[Self::by_arn(user, key), self.by_id(user, key)])
    }

    /// Every unknown thing that the value was made from must be a key: then it is one of them.
    fn unknown(&self, user: &User<'p>, unknown: &Unknown) -> KeyReference {
        let node = user.node;
        if let Some(lost) = &unknown.lost {
            return KeyReference::undetermined(
                Because::new(depends_on(node, lost))
                    .settled_by("check again when the key exists: the next plan shows its ARN"),
            );
        }
        if unknown.sources.is_empty() {
            return KeyReference::undetermined(Because::new(format!(
                "the key that {node} names is not known before apply"
            )));
        }
        match &*unknown.sources {
            [symbol] => self.symbol(user, symbol),
            symbols => {
                let options = symbols.iter().map(|symbol| self.symbol(user, symbol));
                KeyReference::one_of(&options.collect::<Vec<_>>())
            }
        }
    }

    fn symbol(&self, user: &User<'p>, symbol: &Symbol) -> KeyReference {
        self.attribute(user, symbol).unwrap_or_else(|| {
            KeyReference::undetermined(Because::new(format!(
                "which key {} names, if any, depends on `{symbol}`, which is not known before apply",
                user.node
            )))
        })
    }

    /// The key that an attribute of a key or an alias stands for.
    fn attribute(&self, user: &User<'p>, symbol: &Symbol) -> Option<KeyReference> {
        let key = self.key_index.of_symbol(user.node, symbol).and_then(|id| self.keys.get(id.0));
        let Some(key) = key else {
            let alias = self.aliases.get(self.alias_index.of_symbol(user.node, symbol)?.0)?;
            return self.of_alias(user, alias, symbol.path());
        };
        match symbol.path() {
            "arn" => Some(Self::by_arn(user, key)),
            // Of a data source this is the argument, which may be an ARN.
            "key_id" if !key.kind.is_managed() => Some(self.by_arn_or_id(user, key)),
            "key_id" | "id" => Some(self.by_id(user, key)),
            "" => Some(self.by_arn_or_id(user, key)),
            _ => None,
        }
    }
}

/// The ARN of a key, if it is the only thing in a JSON document that is not known.
fn key_in_json(text: &Text) -> Option<Symbol> {
    let pieces = text.pieces();
    let is_json =
        matches!(pieces.first(), Some(Piece::Literal(start)) if start.trim_start().starts_with(['{', '[']));
    let mut symbols = pieces.iter().filter_map(|piece| match piece {
        Piece::Symbol(symbol) => Some(symbol.clone()),
        Piece::Literal(_) => None,
    });
    let first = symbols.next().filter(|symbol| is_json && symbol.path() == "arn")?;
    symbols.all(|other| other == first).then_some(first)
}

/// Why nobody knows which key a resource names: what could not be followed is a name in the configuration, or says what
/// the input lacks.
fn depends_on(node: Node<'_>, lost: &str) -> String {
    match lost {
        "configuration" => format!(
            "which key {node} names, if any, only the `configuration` of a plan tells, which is missing"
        ),
        "dynamic block" => format!(
            "which key {node} names, if any, is said in a `dynamic` block, which a plan does not show"
        ),
        name => format!("which key {node} names, if any, depends on `{name}`, which the plan does not show"),
    }
}

fn one(key: KeyId) -> Target {
    Target::Keys(vec![key])
}

fn place_of<'p>(arn: Arn<'_>) -> Place<'p> {
    Place::in_region(Knowledge::Known(arn.region.into()))
}

/// A key that no project has.
pub(crate) fn elsewhere(identifier: KeyIdentifier<'_>) -> Target {
    let (arn, key_id) = match identifier {
        KeyIdentifier::KeyArn(arn, id) => (Some(arn), Some(id)),
        KeyIdentifier::AliasArn(arn, _) => (Some(arn), None),
        KeyIdentifier::KeyId(id) => (None, Some(id)),
        KeyIdentifier::AliasName(_) => (None, None),
    };
    let part = |part: fn(&Arn<'_>) -> Arc<str>| arn.as_ref().map(part);
    Target::Elsewhere {
        region: part(|arn| arn.region.into()),
        account: part(|arn| arn.account.into()),
        partition: part(|arn| arn.partition.into()),
        key_id: key_id.map(Arc::from),
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Action, Change, Configured, Deployment, InputKind, Project, Region, RegionSource, Resource, Scope,
    };
    use kmscheck_value::{Existence, Map};

    use crate::KmsGraph;

    use super::*;

    const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    fn resource(address: &str, region: &str, attributes: &[(&str, &str)]) -> Resource {
        let after: Map = attributes.iter().map(|(name, text)| ((*name).into(), Value::text(*text))).collect();
        Resource {
            address: address.parse().unwrap(),
            previous_address: None,
            change: Change { action: Action::NoOp, ..Change::default() },
            before: None,
            after: Some(after),
            deployment: Deployment {
                provider: "aws".into(),
                region: Region::Known(region.into(), RegionSource::Provider),
                account: Account::Known("111122223333".into()),
            },
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    /// A primary in Ireland and its replica in Virginia.
    fn project(others: Vec<Resource>) -> [Project; 1] {
        let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{ID}");
        let (here, there) = (arn("eu-west-1"), arn("us-east-1"));
        let replica = [("arn", &*there), ("key_id", ID), ("primary_key_arn", &*here)];
        let keys = [
            resource("aws_kms_key.p", "eu-west-1", &[("arn", &here), ("key_id", ID)]),
            resource("aws_kms_replica_key.r", "us-east-1", &replica),
        ];
        [Project::new("plan.json", InputKind::Plan, Scope::Closed, keys.into_iter().chain(others).collect())]
    }

    #[test]
    fn why_a_key_is_not_known_does_not_say_that_there_is_one() {
        let because = |sources: &[(&str, &str)], lost: Option<&str>| {
            let symbols = sources.iter().map(|(object, path)| Symbol::new(*object, *path)).collect();
            let unknown = Kind::Unknown(Unknown { sources: symbols, lost: lost.map(Arc::from) });
            let mut queue = resource("aws_sqs_queue.q", "eu-west-1", &[]);
            queue.after = Some([("kms_master_key_id".into(), Value::new(unknown))].into_iter().collect());
            let projects = project(vec![queue]);
            let graph = KmsGraph::build(&projects);
            let consumers = graph.consumers().iter().filter(|consumer| consumer.is_service());
            consumers.filter_map(|consumer| consumer.because()).map(ToString::to_string).collect::<String>()
        };
        let which = "which key aws_sqs_queue.q names, if any, ";
        let endpoint = [("aws_vpc_endpoint.e", "id")];
        let of_endpoint = "depends on `aws_vpc_endpoint.e.id`, which is not known before apply";
        assert_eq!(because(&endpoint, None), format!("{which}{of_endpoint}"));
        let local = "depends on `local.x`, which the plan does not show";
        assert!(because(&[], Some("local.x")).starts_with(&format!("{which}{local}")));
        let without = "only the `configuration` of a plan tells, which is missing";
        assert!(because(&[], Some("configuration")).starts_with(&format!("{which}{without}")));
    }

    /// What of the primary and of the replica is used by whom, if it is named by the id that they share.
    #[test]
    fn what_is_made_by_an_id_belongs_to_the_related_key_of_its_region() {
        for (region, expected) in [("eu-west-1", [1, 0]), ("us-east-1", [0, 1])] {
            let alias = [("name", "alias/a"), ("target_key_id", ID)];
            let projects = project(vec![
                resource("aws_sqs_queue.q", region, &[("kms_master_key_id", ID)]),
                resource("aws_kms_alias.a", region, &alias),
                resource("aws_kms_grant.g", region, &[("key_id", ID)]),
                resource("aws_kms_key_policy.k", region, &[("key_id", ID), ("policy", "{}")]),
            ]);
            let graph = KmsGraph::build(&projects);
            let both = [graph.keys()[0].id, graph.keys()[1].id];
            assert_eq!(both.map(|key| graph.services_of(key).count()), expected, "{region}");
            assert_eq!(both.map(|key| graph.aliases_of(key).count()), expected, "{region}");
            assert_eq!(both.map(|key| graph.grants_of(key).count()), expected, "{region}");
            assert_eq!(both.map(|key| graph.policy_writers(key).count()), expected, "{region}");
        }
    }

    #[test]
    fn an_id_that_means_no_key_of_its_region_shows_one_that_is_elsewhere() {
        let queue = resource("aws_sqs_queue.q", "ap-south-1", &[("kms_master_key_id", ID)]);
        let projects = project(vec![queue]);
        let graph = KmsGraph::build(&projects);
        let key = &graph.consumers().iter().find(|consumer| consumer.is_service()).unwrap().key;
        assert_eq!(key.astray, Knowledge::Known(Some("eu-west-1".into())));
        assert_eq!(key.key(), Some(graph.keys()[0].id));
    }

    #[test]
    fn a_name_that_is_sensitive_is_not_shown_in_a_reason() {
        let queue = |name: Value| {
            let mut queue = resource("aws_sqs_queue.q", "eu-west-1", &[]);
            queue.after = Some(Map::from_iter([("kms_master_key_id".into(), name)]));
            let projects = project(vec![queue]);
            let graph = KmsGraph::build(&projects);
            let key = graph.consumers().iter().find(|consumer| consumer.is_service()).unwrap();
            key.because().map(ToString::to_string)
        };
        assert_eq!(queue(Value::text("hunter2")).as_deref(), Some("`hunter2` does not name a KMS key"));
        let hidden = queue(Value::text("hunter2").into_sensitive());
        assert!(hidden.is_some_and(|reason| !reason.contains("hunter2")));
    }
}
