//! The part `configuration`: module calls, resource blocks and provider configurations.

use kmscheck_model::Mode;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::document::ObjectMode;
use crate::expressions::Expression;
use crate::strings::{Entries, Str};

/// The configuration of a plan.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Configuration<'a> {
    #[serde(borrow, default)]
    pub(crate) provider_config: Option<Entries<'a, ProviderConfig<'a>>>,
    #[serde(borrow, default)]
    pub(crate) root_module: ModuleConfig<'a>,
}

/// A provider configuration.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ProviderConfig<'a> {
    #[serde(borrow)]
    pub(crate) name: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) full_name: Option<Str<'a>>,
    /// The module whose block it is; missing for the root module.
    #[serde(borrow)]
    pub(crate) module_address: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) expressions: RawExpressions<'a>,
}

/// A module as it is written: one for all instances of a call.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ModuleConfig<'a> {
    #[serde(borrow, default)]
    pub(crate) outputs: Option<Entries<'a, Output<'a>>>,
    #[serde(borrow, default)]
    pub(crate) resources: Blocks<'a>,
    #[serde(borrow, default)]
    pub(crate) module_calls: Option<Entries<'a, ModuleCall<'a>>>,
    #[serde(borrow, default)]
    pub(crate) variables: Option<Entries<'a, Declaration<'a>>>,
}

/// An output of a module.
#[derive(Debug, Deserialize)]
pub(crate) struct Output<'a> {
    #[serde(borrow)]
    pub(crate) expression: Option<Expression<'a>>,
}

/// A variable of a module. A default of `null` is `None` too.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Declaration<'a> {
    #[serde(borrow)]
    pub(crate) default: Option<&'a RawValue>,
}

/// A `module` block with the module that it calls.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ModuleCall<'a> {
    #[serde(borrow)]
    pub(crate) expressions: RawExpressions<'a>,
    #[serde(borrow)]
    pub(crate) count_expression: Option<Expression<'a>>,
    #[serde(borrow)]
    pub(crate) for_each_expression: Option<Expression<'a>>,
    #[serde(borrow, default)]
    pub(crate) module: ModuleConfig<'a>,
}

/// A `resource` or `data` block.
#[derive(Debug, Deserialize)]
pub(crate) struct ResourceConfig<'a> {
    #[serde(default)]
    pub(crate) mode: ObjectMode,
    #[serde(borrow, rename = "type", default)]
    pub(crate) resource_type: Str<'a>,
    #[serde(borrow, default)]
    pub(crate) name: Str<'a>,
    #[serde(borrow)]
    pub(crate) provider_config_key: Option<Str<'a>>,
    #[serde(borrow)]
    pub(crate) expressions: RawExpressions<'a>,
    #[serde(borrow)]
    pub(crate) for_each_expression: Option<Expression<'a>>,
}

/// Expressions that stay raw text: most belong to resources that nobody asks for. See
/// [`ExpressionCache`](crate::expressions::ExpressionCache).
pub(crate) type RawExpressions<'a> = Option<&'a RawValue>;

/// The blocks of a module, found by mode, type and name.
#[derive(Debug, Default)]
pub(crate) struct Blocks<'a> {
    blocks: Vec<ResourceConfig<'a>>,
    index: FxHashMap<(Mode, Str<'a>, Str<'a>), usize>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn get(&self, mode: Mode, resource_type: &str, name: &str) -> Option<&ResourceConfig<'a>> {
        let position = self.index.get(&(mode, Str::from(resource_type), Str::from(name))).copied();
        self.blocks.get(position?)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Blocks<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let blocks = Option::<Vec<ResourceConfig<'a>>>::deserialize(deserializer)?.unwrap_or_default();
        let key = |block: &ResourceConfig<'a>| {
            Some((block.mode.known()?, block.resource_type.clone(), block.name.clone()))
        };
        let index =
            blocks.iter().enumerate().filter_map(|(position, block)| Some((key(block)?, position))).collect();
        Ok(Self { blocks, index })
    }
}
