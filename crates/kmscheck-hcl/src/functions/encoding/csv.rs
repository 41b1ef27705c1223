//! `csvdecode`.
//!
//! Source: RFC 4180 as Go, `encoding/csv`, reads it.

use std::collections::BTreeSet;

use super::super::text::string;
use crate::cty::{Fault, Value};
use crate::files::Files;

/// More cells than anybody has in Terraform.
const MANY: usize = 1_000_000;

/// A list of objects, whose attributes the first line names.
pub(super) fn csvdecode(args: &[Value], _: &dyn Files) -> Result<Value, Fault> {
    let text = string(args, 0).replace("\r\n", "\n");
    let mut reader = Reader { rest: text.strip_suffix('\r').unwrap_or(&text) };
    let names = reader.record()?.ok_or_else(|| Fault::error("missing header line"))?;
    let different: BTreeSet<_> = names.iter().collect();
    if different.len() < names.len() {
        return Err(Fault::error("duplicate column name"));
    }
    let mut rows = Vec::new();
    while let Some(record) = reader.record()? {
        if record.len() != names.len() {
            return Err(Fault::error("wrong number of fields"));
        }
        if rows.len().saturating_mul(names.len()) > MANY {
            return Err(Fault::limit("a table of more than a million cells"));
        }
        let cells = names.iter().cloned().zip(record.into_iter().map(Value::from));
        rows.push(Value::object(cells));
    }
    Ok(Value::list(rows))
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    /// The cells of the next line that is not empty.
    fn record(&mut self) -> Result<Option<Vec<String>>, Fault> {
        self.rest = self.rest.trim_start_matches('\n');
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut cells = Vec::new();
        loop {
            cells.push(self.cell()?);
            let Some(rest) = self.rest.strip_prefix(',') else { break };
            self.rest = rest;
        }
        self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        Ok(Some(cells))
    }

    /// Up to a comma, the end of the line or that of the text.
    fn cell(&mut self) -> Result<String, Fault> {
        if let Some(rest) = self.rest.strip_prefix('"') {
            self.rest = rest;
            return self.quoted();
        }
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let cell = self.rest.get(..end).unwrap_or_default();
        if cell.contains('"') {
            return Err(Fault::error("a quotation mark in a field without"));
        }
        self.rest = self.rest.get(end..).unwrap_or_default();
        Ok(cell.to_owned())
    }

    /// After the opening quotation mark; two of them mean one.
    fn quoted(&mut self) -> Result<String, Fault> {
        let mut cell = String::new();
        loop {
            let parts = self.rest.split_once('"');
            let (text, rest) = parts.ok_or_else(|| Fault::error("a missing quotation mark in a field"))?;
            cell.push_str(text);
            if let Some(rest) = rest.strip_prefix('"') {
                cell.push('"');
                self.rest = rest;
                continue;
            }
            self.rest = rest;
            if rest.is_empty() || rest.starts_with([',', '\n']) {
                return Ok(cell);
            }
            return Err(Fault::error("an extraneous quotation mark in a field"));
        }
    }
}
