//! From the document to the resources of the project.

use std::rc::Rc;
use std::sync::Arc;

use kmscheck_model::{Action, Address, Attributes, Change, Configured, Deployment, Interest, Resource};
use kmscheck_value::{Existence, Map, Value};
use serde_json::value::RawValue;

use crate::ReadError;
use crate::change::describe;
use crate::configuration::ResourceConfig;
use crate::configured::{self, Evidence};
use crate::deployment;
use crate::document::{ChangeDetail, ResourceChange, StateResource};
use crate::expressions::{Expression, Expressions};
use crate::input::Positions;
use crate::instance::{Instance, Record};
use crate::instances::Instances;
use crate::marks::Marks;
use crate::resolver::{Resolver, Scope};
use crate::strings::Interner;
use crate::values::{Filling, known};

/// Reads the resources of a document.
pub(crate) struct Reader<'r, 'a> {
    pub(crate) instances: &'r Instances<'a>,
    pub(crate) resolver: &'r Resolver<'r, 'a>,
    pub(crate) interner: &'r Interner,
    pub(crate) interest: &'r dyn Interest,
    pub(crate) positions: Positions<'a>,
}

impl<'a> Reader<'_, 'a> {
    /// All resources that matter, in no particular order.
    pub(crate) fn resources(&self) -> Result<Vec<Resource>, ReadError> {
        let mut resources = Vec::with_capacity(self.count());
        for (_, instance) in self.instances.iter() {
            let attributes = self.attributes_of(instance.record);
            if attributes != Attributes::None {
                resources.extend(self.existing(instance, attributes)?);
            }
        }
        for change in &self.instances.gone {
            let attributes = self.attributes_of(Record::Change(change));
            if attributes != Attributes::None {
                resources.extend(self.going(change, attributes)?);
            }
        }
        Ok(resources)
    }

    /// How many resources there will be: the vector of a large plan is not to be copied as it grows.
    fn count(&self) -> usize {
        let live = self.instances.iter().map(|(_, instance)| instance.record);
        let gone = self.instances.gone.iter().map(|change| Record::Change(change));
        live.chain(gone).filter(|record| self.attributes_of(*record) != Attributes::None).count()
    }

    fn attributes_of(&self, record: Record<'_>) -> Attributes {
        record.resource_type().map_or(Attributes::None, |name| self.interest.attributes(name))
    }

    /// An object that exists after the change.
    fn existing(
        &self,
        instance: &Instance<'a>,
        attributes: Attributes,
    ) -> Result<Option<Resource>, ReadError> {
        let Some(address) = self.address(instance) else { return Ok(None) };
        match instance.record {
            Record::Change(change) => self.changed(instance, change, address, attributes).map(Some),
            Record::State(state) => self.recorded(instance, state, address, attributes).map(Some),
        }
    }

    fn changed(
        &self,
        instance: &Instance<'a>,
        change: &ResourceChange<'a>,
        address: Address,
        attributes: Attributes,
    ) -> Result<Resource, ReadError> {
        let detail = self.detail(change)?;
        let before = self.map(detail.before, detail.before_sensitive, attributes)?;
        let after = self.known(detail.after, detail.after_sensitive, attributes)?;
        let block = self.block(instance);
        let after = self.filling(&block).fill(after, &detail.unknown(), attributes);
        let mut resource = self.resource(address, Some(change), &detail);
        resource.deployment = self.pending(&block);
        resource.configured = self.configured(&block, resource.change.action, before.as_ref(), &after);
        resource.before = before;
        resource.after = Some(after);
        Ok(resource)
    }

    fn block<'b>(&self, instance: &'b Instance<'a>) -> Block<'b, 'a> {
        let config = self.instances.config_of(instance);
        let scope = Scope {
            module: instance.module,
            key: instance.record.key(),
            for_each: config.and_then(|config| config.for_each_expression.as_ref()),
        };
        Block { scope, config, arguments: config.map(|config| self.resolver.cache.get(config.expressions)) }
    }

    fn filling<'f>(&'f self, block: &Block<'f, 'a>) -> Filling<'f, 'a> {
        Filling {
            resolver: self.resolver,
            interner: self.interner,
            scope: block.scope,
            arguments: block.arguments.clone(),
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
        let evidence = Evidence { resolver: self.resolver, scope: block.scope, action, before, after };
        configured::arguments(arguments, &evidence, self.interner)
    }

    /// An object of a state, or a data source that was read for the plan.
    fn recorded(
        &self,
        instance: &Instance<'a>,
        state: &StateResource<'a>,
        address: Address,
        attributes: Attributes,
    ) -> Result<Resource, ReadError> {
        let mut resource = self.resource(address, None, &ChangeDetail::default());
        let known = self.known(state.values, state.sensitive_values, attributes)?;
        let block = self.block(instance);
        let missing = block.missing(&known);
        let after = self.filling(&block).fill(known, &missing, attributes);
        resource.deployment = self.pending(&block);
        resource.configured = self.configured(&block, Action::NoOp, None, &after);
        resource.after = Some(after);
        Ok(resource)
    }

    /// An object that does not exist after the change, or is no longer managed.
    fn going(
        &self,
        change: &ResourceChange<'a>,
        attributes: Attributes,
    ) -> Result<Option<Resource>, ReadError> {
        let Some(address) = self.instances.address_of_gone(change) else { return Ok(None) };
        let detail = self.detail(change)?;
        let mut resource = self.resource(address, Some(change), &detail);
        resource.before = self.map(detail.before, detail.before_sensitive, attributes)?;
        Ok(Some(resource))
    }

    /// A resource without its values.
    fn resource(
        &self,
        address: Address,
        change: Option<&ResourceChange<'a>>,
        detail: &ChangeDetail<'a>,
    ) -> Resource {
        let previous = change.and_then(|change| change.previous_address.as_ref());
        Resource {
            address,
            previous_address: previous.and_then(|address| address.parse().ok()),
            change: change.map_or_else(Change::default, |change| describe(change, detail)),
            before: None,
            after: None,
            deployment: deployment::pending(None),
            existence: Existence::Certain,
            configured: Configured::unknown(),
        }
    }

    fn address(&self, instance: &Instance<'a>) -> Option<Address> {
        let mut address = self.instances.address(instance.module, instance.record)?;
        address.resource_type = self.interner.get(&address.resource_type);
        address.name = self.interner.get(&address.name);
        Some(address)
    }

    fn detail(&self, change: &ResourceChange<'a>) -> Result<ChangeDetail<'a>, ReadError> {
        change.detail().map_err(|error| self.positions.error(change.change, &error))
    }

    fn map(
        &self,
        values: Option<&'a RawValue>,
        sensitive: Option<&'a RawValue>,
        attributes: Attributes,
    ) -> Result<Option<Map>, ReadError> {
        if values.is_none() {
            return Ok(None);
        }
        Ok(Some(self.known(values, sensitive, attributes)?.into_iter().collect()))
    }

    fn known(
        &self,
        values: Option<&'a RawValue>,
        sensitive: Option<&'a RawValue>,
        attributes: Attributes,
    ) -> Result<Vec<(Arc<str>, Value)>, ReadError> {
        let marks = Marks::read(sensitive).map_err(|error| self.positions.error(sensitive, &error))?;
        known(values, &marks, attributes, self.interner).map_err(|error| self.positions.error(values, &error))
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
    /// The arguments that refer to something and are not among the values: `planned_values` leaves out what is unknown
    /// without a mark.
    fn missing(&self, known: &[(Arc<str>, Value)]) -> Marks<'a> {
        let arguments = self.arguments.iter().flat_map(|arguments| arguments.iter());
        let missing = arguments.filter(|(name, argument)| {
            matches!(argument, Expression::References(_))
                && !known.iter().any(|(known, _)| **known == ***name)
        });
        Marks::Entries(missing.map(|(name, _)| (name.clone(), Marks::Whole)).collect())
    }
}
