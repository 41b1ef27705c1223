//! The tags of a key.

use kmscheck_value::{Because, Kind, Knowledge, Map, Value};

use crate::Key;

impl<'p> Key<'p> {
    /// The value of a tag, the provider's `default_tags` included; `None` if the key does not have the tag.
    pub fn tag(&self, name: &str) -> Knowledge<Option<&'p Value>> {
        let own = self.node.attribute("tags");
        let all = self.node.attribute("tags_all");
        let of_its_own = own.and_then(|own| own.get(name));
        // Its own tags win over default tags. Only they are marked where they are sensitive.
        if of_its_own.is_some_and(|value| !value.is_absent()) {
            return Knowledge::Known(of_its_own);
        }
        if let Some(all) = all.and_then(Value::as_map) {
            return Knowledge::Known(all.get(name));
        }
        if of_its_own.is_some() {
            return Knowledge::Known(of_its_own);
        }
        let nothing_of_its_own =
            own.is_none_or(|own| own.is_absent() || own.as_map().is_some_and(Map::is_empty));
        let without_defaults =
            all.is_none_or(|all| all.kind == Kind::Null) && own.is_none_or(|own| own.unknown().is_none());
        // A `dynamic "default_tags"` leaves no trace in a plan, so without `tags_all` nothing says that there are none.
        // The provider leaves `tags_all` unknown when there are neither tags nor default tags, and when a tag is not
        // known. Source: provider, `internal/verify/diff.go`, and observed in plans.
        if nothing_of_its_own || without_defaults {
            return Knowledge::Known(None);
        }
        Knowledge::Undetermined(
            Because::new(format!("the tags of {} are not all known before apply", self.node))
                .settled_by("check again when the key exists: the next plan shows its tags"),
        )
    }
}

#[cfg(test)]
mod tests {
    use kmscheck_model::{
        Account, Change, Configured, Deployment, InputKind, Project, Region, RegionSource, Resource, Scope,
    };
    use kmscheck_value::{Existence, Text, Unknown};

    use super::*;
    use crate::KmsGraph;

    fn tag(attributes: impl IntoIterator<Item = (&'static str, Value)>) -> Knowledge<bool> {
        let projects = [Project::new("plan.json", InputKind::Plan, Scope::Closed, vec![key(attributes)])];
        let graph = KmsGraph::build(&projects);
        graph.keys()[0].tag("Owner").map(|value| value.is_some())
    }

    fn key(attributes: impl IntoIterator<Item = (&'static str, Value)>) -> Resource {
        let after = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let deployment = Deployment {
            provider: "aws".into(),
            region: Region::Known("eu-west-1".into(), RegionSource::Provider),
            account: Account::Known("111122223333".into()),
        };
        Resource {
            address: "aws_kms_key.a".parse().unwrap(),
            previous_address: None,
            change: Change::default(),
            before: None,
            after: Some(after),
            deployment,
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    fn tags(name: &str) -> Value {
        Value::new(Kind::Map(Map::from_iter([(name.into(), Value::text("a"))])))
    }

    fn unset() -> Value {
        Value::new(Kind::Unset)
    }

    #[test]
    fn its_own_tags_decide_and_then_all_tags() {
        assert_eq!(tag([("tags", Value::null()), ("tags_all", tags("Owner"))]), Knowledge::Known(true));
        assert_eq!(tag([("tags", tags("Team")), ("tags_all", tags("Team"))]), Knowledge::Known(false));
        assert_eq!(tag([("tags", tags("Owner")), ("tags_all", unset())]), Knowledge::Known(true));
    }

    #[test]
    fn a_tag_is_as_sensitive_as_where_it_was_written() {
        let hidden = |value: Value| Value::new(Kind::Map(Map::from_iter([("Owner".into(), value)])));
        let attributes =
            [("tags", hidden(Value::text("a").into_sensitive())), ("tags_all", hidden(Value::text("a")))];
        let key = key(attributes);
        let projects = [Project::new("plan.json", InputKind::Plan, Scope::Closed, vec![key])];
        let graph = KmsGraph::build(&projects);
        let value = graph.keys()[0].tag("Owner");
        let text = value.known().copied().flatten().and_then(Value::as_text);
        assert!(text.is_some_and(Text::is_sensitive));
    }

    #[test]
    fn without_them_its_own_tags_count_and_no_tags_are_no_tags() {
        assert_eq!(tag([("tags", tags("Owner")), ("tags_all", unset())]), Knowledge::Known(true));
        assert_eq!(tag([("tags", Value::null()), ("tags_all", unset())]), Knowledge::Known(false));
        assert_eq!(tag([]), Knowledge::Known(false));
        assert_eq!(tag([("tags", tags("Team"))]), Knowledge::Known(false), "a provider without default tags");
    }

    #[test]
    fn what_is_unknown_may_hold_the_tag() {
        let unknown = || Value::new(Kind::Unknown(Unknown::default()));
        assert!(tag([("tags", tags("Team")), ("tags_all", unset())]).because().is_some());
        assert!(tag([("tags", unknown()), ("tags_all", unset())]).because().is_some());
        assert!(tag([("tags", unknown())]).because().is_some());
    }
}
