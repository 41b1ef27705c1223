//! Absolute addresses of resource instances.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::AddressError;
use crate::address_parser;

/// The absolute address of a resource instance: `module.keys["eu"].aws_kms_key.app[0]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The module instance that holds it.
    pub module: ModulePath,
    /// Managed resource or data source.
    pub mode: Mode,
    /// The resource type, `aws_kms_key`.
    pub resource_type: Arc<str>,
    /// The name of the block.
    pub name: Arc<str>,
    /// The instance, if the block has `count` or `for_each`.
    pub key: Option<InstanceKey>,
}

/// The mode of a resource, in Terraform's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// A `resource` block.
    Managed,
    /// A `data` block.
    Data,
}

/// A path of module instances from the root module, which is the empty path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModulePath(Arc<[ModuleStep]>);

/// One module instance inside its parent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleStep {
    /// The name of the module call.
    pub name: Arc<str>,
    /// The instance, if the call has `count` or `for_each`.
    pub key: Option<InstanceKey>,
}

/// Which instance of a block with `count` or `for_each`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstanceKey {
    /// The position, of a block with `count`.
    Index(u64),
    /// The key, of a block with `for_each`.
    Key(Arc<str>),
    /// Any: `count` or `for_each` is not known. Printed as `[?]`.
    Any,
}

impl ModulePath {
    /// The root module.
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether this is the root module.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[ModuleStep] {
        &self.0
    }

    /// The module inside this one.
    #[must_use]
    pub fn child(&self, step: ModuleStep) -> Self {
        self.0.iter().cloned().chain([step]).collect()
    }

    /// The module that calls this one and the step to here; `None` for the root.
    pub fn parent(&self) -> Option<(Self, &ModuleStep)> {
        let (last, init) = self.0.split_last()?;
        Some((init.iter().cloned().collect(), last))
    }
}

impl FromIterator<ModuleStep> for ModulePath {
    fn from_iter<I: IntoIterator<Item = ModuleStep>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl Address {
    /// This address without its instance key: the block.
    #[must_use]
    pub fn block(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// The same, without those of the modules around it: where the block is written.
    #[must_use]
    pub fn without_keys(&self) -> Self {
        let steps = self.module.steps().iter();
        let module = steps.map(|step| ModuleStep { name: Arc::clone(&step.name), key: None }).collect();
        Self { module, ..self.block() }
    }
}

/// Piece by piece, without the machinery of `write!`: a large plan has its addresses printed a hundred thousand times.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            fmt::Display::fmt(&self.module, f)?;
            f.write_str(".")?;
        }
        if self.mode == Mode::Data {
            f.write_str("data.")?;
        }
        f.write_str(&self.resource_type)?;
        f.write_str(".")?;
        f.write_str(&self.name)?;
        write_key(f, self.key.as_ref())
    }
}

impl fmt::Display for ModulePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "module." } else { ".module." })?;
            f.write_str(&step.name)?;
            write_key(f, step.key.as_ref())?;
        }
        Ok(())
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, key: Option<&InstanceKey>) -> fmt::Result {
    let Some(key) = key else { return Ok(()) };
    f.write_str("[")?;
    fmt::Display::fmt(key, f)?;
    f.write_str("]")
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Any => f.write_str("?"),
            Self::Key(key) => write_quoted(f, key),
        }
    }
}

/// Quotes as Terraform does: an HCL string literal, in which `${` and `%{` are escaped too.
fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    let mut written = 0;
    for (position, special) in text.match_indices(['"', '\\', '\n', '\r', '\t', '$', '%']) {
        let opens = text.get(position + 1..).is_some_and(|rest| rest.starts_with('{'));
        f.write_str(text.get(written..position).unwrap_or_default())?;
        f.write_str(match special {
            "\"" => "\\\"",
            "\\" => "\\\\",
            "\n" => "\\n",
            "\r" => "\\r",
            "\t" => "\\t",
            "$" if opens => "$$",
            "%" if opens => "%%",
            alone => alone,
        })?;
        written = position + special.len();
    }
    f.write_str(text.get(written..).unwrap_or_default())?;
    f.write_str("\"")
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        address_parser::address(text)
    }
}

impl FromStr for InstanceKey {
    type Err = AddressError;

    /// Reads what stands between the brackets: `0`, `"key"` or `?`.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        address_parser::instance_key(text)
    }
}

impl FromStr for ModulePath {
    type Err = AddressError;

    /// Reads `module.a["b"].module.c`; the empty text is the root module.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        address_parser::module_path(text)
    }
}
