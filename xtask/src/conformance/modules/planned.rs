//! What a plan says of each resource.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The resources of a plan or state.
pub(super) struct Plan<'p> {
    /// By address: what is known of it afterwards, and what is not.
    resources: BTreeMap<&'p str, (&'p Json, &'p Json)>,
    managed: Vec<(&'p str, &'p str)>,
    /// Whether it may lack resources.
    is_partial: bool,
}

/// A resource in a plan.
pub(super) enum Planned<'p> {
    There {
        after: &'p Json,
        unknown: &'p Json,
    },
    /// It is not, for this reason.
    LeftOut(&'static str),
    Missing,
}

impl<'p> Plan<'p> {
    pub(super) fn of(json: &'p Json) -> Self {
        let is_partial = json.get("complete") == Some(&Json::Bool(false))
            || json.get("errored") == Some(&Json::Bool(true));
        let mut plan = Self { resources: BTreeMap::new(), managed: Vec::new(), is_partial };
        for values in ["/values/root_module", "/prior_state/values/root_module"] {
            let is_state = values.starts_with("/values");
            json.pointer(values).into_iter().for_each(|module| plan.add_module(module, is_state));
        }
        let changes = json.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
        for change in changes.filter(|change| change.get("deposed").is_none()) {
            if let (Some(address), Some(after)) = (text(change, "address"), change.pointer("/change/after")) {
                let unknown = change.pointer("/change/after_unknown").unwrap_or(&Json::Null);
                plan.resources.insert(address, (after, unknown));
                if text(change, "mode") == Some("managed") && !after.is_null() {
                    plan.managed.extend(text(change, "type").map(|kind| (address, kind)));
                }
            }
        }
        plan
    }

    /// The resources of a state, and what a plan has beside its changes: the data sources that were read for it, and,
    /// with `-refresh-only`, the resources as they are.
    fn add_module(&mut self, module: &'p Json, is_state: bool) {
        let all = |name: &str| module.get(name).and_then(Json::as_array).into_iter().flatten();
        for resource in all("resources") {
            let is_managed = text(resource, "mode") == Some("managed");
            let Some((address, values)) = text(resource, "address").zip(resource.get("values")) else {
                continue;
            };
            if !is_managed || is_state || !self.is_partial {
                self.resources.insert(address, (values, &Json::Null));
            }
            if is_managed && is_state {
                self.managed.extend(text(resource, "type").map(|kind| (address, kind)));
            }
        }
        all("child_modules").for_each(|child| self.add_module(child, is_state));
    }

    pub(super) fn resource(&self, address: &str) -> Planned<'p> {
        match self.resources.get(address) {
            Some((Json::Null, _)) => Planned::LeftOut("the plan destroys the resource"),
            Some((after, unknown)) => Planned::There { after, unknown },
            None if self.is_partial => Planned::LeftOut("the plan is not complete"),
            None => Planned::Missing,
        }
    }

    /// The addresses of all resources of some types that are there afterwards.
    pub(super) fn managed(&self, matters: &dyn Fn(&str) -> bool) -> Vec<&'p str> {
        self.managed.iter().filter(|(_, kind)| matters(kind)).map(|(address, _)| *address).collect()
    }
}

fn text<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    json.get(name)?.as_str()
}
