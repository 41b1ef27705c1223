//! From the document to the resources of the project.

use std::cell::RefCell;
use std::rc::Rc;

use kmscheck_model::{Action, Address, Attributes, Change, Configured, Deployment, Interest, Resource};
use kmscheck_value::{Existence, Map};
use serde::de::DeserializeSeed;
use serde_json::Deserializer;

use crate::ReadError;
use crate::batch::Batch;
use crate::change::{Delta, DeltaSeed};
use crate::configuration::ResourceConfig;
use crate::configured::{self, Evidence};
use crate::decode::AttributesSeed;
use crate::deployment;
use crate::document::{Document, ResourceChange, StateResource};
use crate::expressions::{Expression, Expressions};
use crate::input::Positions;
use crate::instance::{Instance, Record};
use crate::instances::Instances;
use crate::marks::{Marks, MarksSeed};
use crate::observed::witness;
use crate::provider::Providers;
use crate::resolver::{Resolver, Scope};
use crate::strings::Interner;
use crate::values::{Filling, hide};

/// What the resources of a document are read from.
pub(crate) struct Source<'s, 'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) instances: &'s Instances<'a>,
    pub(crate) providers: &'s Providers<'a>,
    pub(crate) interest: &'s dyn Interest,
    pub(crate) positions: Positions<'a>,
}

/// Reads resources, and remembers what it found out for one of them.
pub(crate) struct Reader<'s, 'a> {
    source: &'s Source<'s, 'a>,
    resolver: Resolver<'s, 'a>,
    interner: Interner,
    /// What the last resource had: the instances of a block mostly have the same, and share it.
    configured: RefCell<Configured>,
}

/// What is read of a resource.
#[derive(Clone, Copy)]
struct Wanted {
    attributes: Attributes,
    /// See [`Interest::reasons`].
    reasons: Option<&'static [&'static str]>,
}

impl<'s, 'a> Reader<'s, 'a> {
    pub(crate) fn new(source: &'s Source<'s, 'a>) -> Self {
        let resolver = Resolver::new(source.document, source.instances);
        Self { source, resolver, interner: Interner::default(), configured: RefCell::default() }
    }

    /// The resources that exist after the change.
    pub(crate) fn existing(&self, instances: &[Instance<'a>]) -> Result<Batch, ReadError> {
        let mut batch = Batch::default();
        for instance in instances {
            let Some(wanted) = self.wanted(instance.record) else { continue };
            let Some(address) = self.address(instance) else { continue };
            let resource = match instance.record {
                Record::Change(change) => self.changed(instance, change, address, wanted.attributes)?,
                Record::State(state) | Record::Read(state) => {
                    self.recorded(instance, state, address, wanted.attributes)?
                }
            };
            batch.add(resource, wanted, self.source.providers);
        }
        Ok(batch)
    }

    /// The resources that do not exist after the change, or are no longer managed.
    pub(crate) fn gone(&self, changes: &[&'a ResourceChange<'a>]) -> Result<Batch, ReadError> {
        let mut batch = Batch::default();
        for change in changes {
            let Some(wanted) = self.wanted(Record::Change(change)) else { continue };
            let Some(address) = self.source.instances.address_of_gone(change, &self.interner) else {
                continue;
            };
            let mut delta = self.delta(change, wanted.attributes)?;
            let mut resource = self.resource(address, Some(change), delta.describe(change));
            resource.before = delta.before();
            batch.add(resource, wanted, self.source.providers);
        }
        Ok(batch)
    }

    /// `None` if nothing is.
    fn wanted(&self, record: Record<'_>) -> Option<Wanted> {
        let resource_type = record.resource_type()?;
        let interest = self.source.interest;
        let (attributes, reasons) = match record {
            Record::Read(_) => {
                (interest.attributes_when_read(resource_type), interest.reasons_when_read(resource_type))
            }
            Record::Change(_) | Record::State(_) => {
                (interest.attributes(resource_type), interest.reasons(resource_type))
            }
        };
        if attributes != Attributes::None {
            return Some(Wanted { attributes, reasons });
        }
        let shows_region = matches!(record, Record::Read(_)) && witness(resource_type).is_some();
        shows_region.then_some(Wanted { attributes: Attributes::Only(&["arn", "id"]), reasons: Some(&[]) })
    }

    fn changed(
        &self,
        instance: &Instance<'a>,
        change: &ResourceChange<'a>,
        address: Address,
        attributes: Attributes,
    ) -> Result<Resource, ReadError> {
        let mut delta = self.delta(change, attributes)?;
        let before = delta.before();
        let block = self.block(instance);
        let after = self.filling(&block, &address.resource_type).fill(delta.after(), &delta.unknown);
        let mut resource = self.resource(address, Some(change), delta.describe(change));
        resource.deployment = self.pending(&block);
        resource.configured = self.configured(&block, delta.action, before.as_ref(), &after);
        resource.before = before;
        resource.after = Some(after);
        Ok(resource)
    }

    fn block<'b>(&self, instance: &'b Instance<'a>) -> Block<'b, 'a> {
        let config = self.source.instances.config_of(instance);
        let scope = Scope {
            module: instance.module,
            key: instance.record.key(),
            for_each: config.and_then(|config| config.for_each_expression.as_ref()),
        };
        Block { scope, config, arguments: config.map(|config| self.resolver.cache.get(config.expressions)) }
    }

    fn filling<'f>(&'f self, block: &Block<'f, 'a>, resource_type: &'f str) -> Filling<'f, 'a> {
        Filling {
            resolver: &self.resolver,
            interner: &self.interner,
            scope: block.scope,
            arguments: block.arguments.clone(),
            interest: self.source.interest,
            resource_type,
        }
    }

    fn pending(&self, block: &Block<'_, 'a>) -> Deployment {
        let key = block.config.and_then(|config| config.provider_config_key.as_deref());
        deployment::pending(key.map(|key| self.interner.get(key)))
    }

    fn configured(
        &self,
        block: &Block<'_, 'a>,
        action: Action,
        before: Option<&Map>,
        after: &Map,
    ) -> Configured {
        let Some(arguments) = &block.arguments else { return Configured::unknown() };
        let evidence = Evidence { resolver: &self.resolver, scope: block.scope, action, before, after };
        let configured = configured::arguments(arguments, &evidence, &self.interner);
        let mut last = self.configured.borrow_mut();
        if *last != configured {
            *last = configured;
        }
        last.clone()
    }

    /// An object of a state, or a data source that was read for the plan.
    fn recorded(
        &self,
        instance: &Instance<'a>,
        state: &StateResource<'a>,
        address: Address,
        attributes: Attributes,
    ) -> Result<Resource, ReadError> {
        let known = self.known(state, attributes)?;
        let block = self.block(instance);
        let missing = block.missing(&known, attributes);
        let after = self.filling(&block, &address.resource_type).fill(known, &missing);
        let mut resource = self.resource(address, None, Change::default());
        resource.deployment = self.pending(&block);
        resource.configured = self.configured(&block, Action::NoOp, None, &after);
        resource.after = Some(after);
        Ok(resource)
    }

    /// A resource without its values.
    fn resource(&self, address: Address, from: Option<&ResourceChange<'a>>, change: Change) -> Resource {
        let previous = from.and_then(|change| change.previous_address.as_ref());
        Resource {
            address,
            previous_address: previous.and_then(|address| address.parse().ok()).map(Box::new),
            change,
            before: None,
            after: None,
            deployment: deployment::pending(None),
            existence: Existence::Certain,
            configured: Configured::unknown(),
            source: None,
        }
    }

    fn address(&self, instance: &Instance<'a>) -> Option<Address> {
        self.source.instances.address(instance.module, instance.record, &self.interner)
    }

    fn delta(&self, change: &ResourceChange<'a>, attributes: Attributes) -> Result<Delta<'a>, ReadError> {
        let Some(raw) = change.change else { return Ok(Delta::default()) };
        let seed = DeltaSeed { interner: &self.interner, attributes };
        let delta = seed.deserialize(&mut Deserializer::from_str(raw.get()));
        delta.map_err(|error| self.source.positions.error(Some(raw), &error))
    }

    /// The values of an object of a state.
    fn known(&self, state: &StateResource<'a>, attributes: Attributes) -> Result<Map, ReadError> {
        let Some(raw) = state.values else { return Ok(Map::default()) };
        let seed = AttributesSeed { interner: &self.interner, attributes };
        let known = seed.deserialize(&mut Deserializer::from_str(raw.get()));
        let known = known.map_err(|error| self.source.positions.error(Some(raw), &error))?;
        let Some(raw) = state.sensitive_values else { return Ok(known.unwrap_or_default()) };
        let marks = MarksSeed(attributes).deserialize(&mut Deserializer::from_str(raw.get()));
        let marks = marks.map_err(|error| self.source.positions.error(Some(raw), &error))?;
        Ok(hide(known.unwrap_or_default(), &marks))
    }
}

impl Batch {
    fn add(&mut self, resource: Resource, wanted: Wanted, providers: &Providers<'_>) {
        if let Some(key) = providers.key(&resource) {
            self.observed.add(&key, &resource);
        }
        if wanted.reasons.is_none_or(|reasons| resource.has_any(reasons)) {
            self.resources.push(resource);
        }
    }
}

/// The block that an instance comes from.
struct Block<'b, 'a> {
    scope: Scope<'b, 'a>,
    config: Option<&'a ResourceConfig<'a>>,
    /// `None` if the plan does not have it.
    arguments: Option<Rc<Expressions<'a>>>,
}

impl<'a> Block<'_, 'a> {
    /// The arguments that matter, refer to something and are not among the values: `planned_values` leaves out what is
    /// unknown without a mark.
    fn missing(&self, known: &Map, attributes: Attributes) -> Marks<'a> {
        let arguments = self.arguments.iter().flat_map(|arguments| arguments.iter());
        let missing = arguments.filter(|(name, argument)| {
            matches!(argument, Expression::References(_))
                && attributes.contains(name)
                && known.get(name).is_none()
        });
        Marks::Entries(missing.map(|(name, _)| (name.clone(), Marks::Whole)).collect())
    }
}
