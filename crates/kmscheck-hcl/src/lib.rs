//! Terraform source: which block declares a resource, where its arguments stand, and how Terraform treats it.
//!
//! [`Module::read`] takes the files of one directory. The parser is `hcl-edit`; in front of it a repair makes it accept
//! what Terraform accepts (`repair`), without moving a byte, so that places stay true. The syntax tree is many times
//! the size of the source and is dropped file by file.

mod config;
#[cfg(test)]
mod conformance;
mod cty;
mod declaration;
mod document;
mod eval;
mod files;
mod functions;
mod lang;
mod leads;
mod lines;
mod module;
mod numerals;
mod parse;
mod policy_document;
mod repair;
mod root;
mod scan;
mod skim;
mod unread;

pub use files::{FileError, Files};
pub use leads::leads;
pub use module::{Module, ModuleCall, ParsedFile, SourceFile, SyntaxError, is_source, replaced_by};
pub use root::{
    Called, Evaluated, EvaluationError, Input, Inputs, Known, ModuleTree, VariableFile, evaluate,
};
