//! Plans and states, and what is taken for one.

use kmscheck_model::Workers;
use serde::Deserialize;

use crate::ReadError;
use crate::document::{Document, Outline};
use crate::input::Json;
use crate::parts;

/// Reads the JSON as a plan or state.
///
/// # Errors
/// If it is broken, or of something else.
pub(crate) fn document<'t>(json: &Json<'t>, workers: &impl Workers) -> Result<Document<'t>, ReadError> {
    if json.text.starts_with('[') {
        return Err(not_terraform("a list"));
    }
    if let Some(document) = parts::document(json.text, workers).filter(Document::has_resources) {
        check_version(document.format_version.as_deref())?;
        return Ok(document);
    }
    let mut deserializer = serde_json::Deserializer::from_str(json.text);
    let read = Document::deserialize(&mut deserializer);
    let whole = if json.wrapped { Ok(()) } else { deserializer.end() };
    match (read, whole) {
        (Ok(document), Ok(())) if document.has_resources() => {
            check_version(document.format_version.as_deref())?;
            Ok(document)
        }
        (Ok(document), Ok(())) => {
            identify(json)?;
            Ok(document)
        }
        (Err(error), _) | (_, Err(error)) => {
            if !error.is_syntax() && !error.is_eof()
                || matches!(outline(json), Some(Outline { level: Some(_), .. }))
            {
                identify(json)?;
            }
            Err(json.broken(&error))
        }
    }
}

/// The versions that this crate reads. A minor version only adds.
fn check_version(version: Option<&str>) -> Result<(), ReadError> {
    let major = version.and_then(|version| version.split('.').next());
    match (version, major) {
        (Some(found), Some(major)) if !matches!(major, "0" | "1") => {
            Err(ReadError::FormatVersion { found: found.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Turns away what is no plan and no state, with what it is.
fn identify(json: &Json<'_>) -> Result<(), ReadError> {
    let outline = outline(json).unwrap_or_default();
    if outline.level.is_some() {
        return Err(ReadError::Log);
    }
    if outline.resource_changes.is_some() || outline.planned_values.is_some() {
        return check_version(outline.format_version.as_deref());
    }
    if outline.serial.is_some() {
        return Err(ReadError::StateFile);
    }
    if outline.statement.is_some() {
        return Err(ReadError::PolicyDocument);
    }
    if outline.provider_schemas.is_some() {
        return Err(not_terraform("what `terraform providers schema -json` prints"));
    }
    if outline.valid.is_some() {
        return Err(not_terraform("what `terraform validate -json` prints"));
    }
    // `terraform show -json` of an empty state prints its version alone.
    match outline.format_version.as_deref() {
        Some(version) if version.split('.').all(|part| part.parse::<u32>().is_ok()) => {
            check_version(Some(version))
        }
        _ => Err(not_terraform("of something else")),
    }
}

fn outline<'t>(json: &Json<'t>) -> Option<Outline<'t>> {
    serde_json::Deserializer::from_str(json.text).into_iter().next()?.ok()
}

fn not_terraform(what: &str) -> ReadError {
    ReadError::NotTerraform { what: what.to_owned() }
}
