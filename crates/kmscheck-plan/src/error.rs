//! What can be wrong with an input as a whole.

use thiserror::Error;

/// Why an input could not be read. Each message says what was found and what to run instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// There is nothing in it, or white space only.
    #[error(
        "the input is empty: `terraform show -json` printed nothing; check that it succeeded, and that the \
         plan was written with `terraform plan -out=FILE`"
    )]
    Empty,
    /// The file that `terraform plan -out` writes.
    #[error("this is a binary plan file; run `terraform show -json FILE | kmscheck`")]
    BinaryPlan,
    /// The log of `terraform plan -json`: one message a line.
    #[error(
        "this is the log of `terraform plan -json`, not the plan; run `terraform plan -out=FILE` and then \
         `terraform show -json FILE | kmscheck`"
    )]
    Log,
    /// Terraform's own state file.
    #[error("this is a raw state file; run `terraform show -json | kmscheck` where it belongs")]
    StateFile,
    /// An IAM or key policy by itself.
    #[error(
        "this is a policy document, not a plan; kmscheck reads policies inside Terraform plans, states and \
         source"
    )]
    PolicyDocument,
    /// JSON of something else.
    #[error(
        "this is JSON, but {what}, not a Terraform plan or state; run `terraform show -json FILE | kmscheck`"
    )]
    NotTerraform {
        /// What it is, as a clause.
        what: String,
    },
    /// Not JSON at all.
    #[error("this is not JSON: it begins with {start:?}; run `terraform show -json FILE | kmscheck`")]
    NotJson {
        /// The first characters.
        start: String,
    },
    /// Text around the JSON, and the JSON is broken. The wrapper of the action `hashicorp/setup-terraform` does
    /// that.
    #[error(
        "line {line}, column {column}: there is text around the JSON, as the wrapper of \
         `hashicorp/setup-terraform` prints it, and the JSON is not whole ({message}); set \
         `terraform_wrapper: false` there"
    )]
    Wrapped {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong with the JSON.
        message: String,
    },
    /// Bytes that are no text.
    #[error(
        "line {line}, column {column}: the bytes are not UTF-8; write the JSON as UTF-8 or UTF-16 with a byte order mark"
    )]
    NotText {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The JSON ends too early.
    #[error(
        "line {line}, column {column}: the JSON ends here before it is complete; was `terraform show -json` \
         interrupted, or the disk full?"
    )]
    Truncated {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Values inside values without end.
    #[error("line {line}, column {column}: the JSON is nested deeper than any plan is (128 levels)")]
    TooDeep {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Broken JSON, or a part of the plan that has another form than Terraform gives it.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A format of a later time.
    #[error(
        "the plan has format version {found}; this kmscheck reads 0.x and 1.x: a later kmscheck is needed"
    )]
    FormatVersion {
        /// What the input says.
        found: String,
    },
}

impl ReadError {
    /// The line and column, from 1, where the input itself is at fault.
    pub fn position(&self) -> Option<(usize, usize)> {
        match *self {
            Self::Wrapped { line, column, .. }
            | Self::NotText { line, column }
            | Self::Truncated { line, column }
            | Self::TooDeep { line, column }
            | Self::Syntax { line, column, .. } => Some((line, column)),
            _ => None,
        }
    }
}
