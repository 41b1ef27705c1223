//! Why a text is not a policy document.

use std::fmt;

/// Why a text is not a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentError {
    /// It is not JSON.
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON, but not an object.
    NotAnObject,
    /// It has no `Statement`, or one that is neither an object nor a list.
    NoStatement,
    /// Something in it is not what the grammar of policies has there.
    Malformed {
        /// Which statement, from 0; `None` outside of all.
        statement: Option<usize>,
        /// The element: `Action`.
        element: &'static str,
    },
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => write!(f, "it is not JSON (line {line}, column {column})"),
            Self::NotAnObject => f.write_str("it is not a JSON object"),
            Self::NoStatement => f.write_str("it has no `Statement`"),
            Self::Malformed { statement: Some(index), element } => {
                write!(f, "`{element}` of statement {index} is not of the form that a policy has there")
            }
            Self::Malformed { statement: None, element } => {
                write!(f, "`{element}` is not of the form that a policy has there")
            }
        }
    }
}

impl std::error::Error for DocumentError {}
