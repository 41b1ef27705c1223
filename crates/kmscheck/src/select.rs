//! Which checks run.

use std::fmt;

use kmscheck_checks::{Group, Metadata, Registered, registry};

use crate::misquoted;

/// The checks that a user asked for.
pub(crate) struct Selection {
    chosen: Vec<&'static dyn Registered>,
}

impl Selection {
    /// The checks that `select` names (by default those that run unless asked for), without those that `ignore` names.
    pub(crate) fn new(select: &[String], ignore: &[String]) -> Result<Self, UnknownCheck> {
        let selected = resolve(select)?;
        let ignored = resolve(ignore)?;
        let is_chosen = |check: &Metadata| {
            let wanted = if select.is_empty() { check.default } else { contains(&selected, check) };
            wanted && !contains(&ignored, check)
        };
        Ok(Self {
            chosen: registry::all().iter().copied().filter(|check| is_chosen(check.metadata())).collect(),
        })
    }

    /// What has to be evaluated: the checks, and those that may make one of them silent.
    pub(crate) fn to_evaluate(&self) -> Vec<&'static dyn Registered> {
        let silences = |graver: &Metadata| {
            self.chosen.iter().any(|check| check.metadata().silenced_by.contains(&graver.id))
        };
        let needed = |check: &Metadata| self.contains(check) || silences(check);
        registry::all().iter().copied().filter(|check| needed(check.metadata())).collect()
    }

    /// Whether the findings of `check` are wanted.
    pub(crate) fn contains(&self, check: &Metadata) -> bool {
        self.chosen.iter().any(|chosen| chosen.metadata().id == check.id)
    }
}

fn contains(names: &[Name], check: &Metadata) -> bool {
    names.iter().any(|name| name.covers(check))
}

/// Something that stands for checks.
enum Name {
    All,
    Group(Group),
    Check(String),
}

impl Name {
    fn covers(&self, check: &Metadata) -> bool {
        match self {
            Self::All => true,
            Self::Group(group) => check.group == *group,
            Self::Check(name) => check.is_called(name),
        }
    }
}

fn resolve(names: &[String]) -> Result<Vec<Name>, UnknownCheck> {
    names.iter().map(|name| resolve_one(name.trim())).collect()
}

fn resolve_one(name: &str) -> Result<Name, UnknownCheck> {
    if name.eq_ignore_ascii_case("all") {
        return Ok(Name::All);
    }
    if let Some(group) = Group::ALL.into_iter().find(|group| group.name().eq_ignore_ascii_case(name)) {
        return Ok(Name::Group(group));
    }
    match registry::called(name).next() {
        Some(_) => Ok(Name::Check(name.to_owned())),
        None => Err(UnknownCheck(name.to_owned())),
    }
}

/// A name that stands for no check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownCheck(pub(crate) String);

impl fmt::Display for UnknownCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        if let Some(entry) = misquoted::entry(name) {
            return write!(f, "{entry}");
        }
        write!(f, "there is no check {name:?}")?;
        match nearest(name) {
            Some(near) => write!(f, "; did you mean {near}?"),
            None => write!(f, "; `kmscheck checks` lists them"),
        }
    }
}

impl std::error::Error for UnknownCheck {}

/// The name of a check or group that `name` may be a slip of.
fn nearest(name: &str) -> Option<&'static str> {
    let checks = registry::all().iter().map(|check| check.metadata());
    let names = checks.flat_map(|check| std::iter::once(check.id).chain(check.aliases.iter().copied()));
    let names = names.chain(Group::ALL.map(Group::name));
    let name = name.to_ascii_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&name, &other.to_ascii_lowercase());
    let near = names.map(|other| (distance(other), other)).min()?;
    (near.0 <= name.len().div_ceil(3).min(4)).then_some(near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(select: &[&str], ignore: &[&str]) -> Vec<&'static str> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let selection = Selection::new(&owned(select), &owned(ignore)).unwrap();
        selection.chosen.iter().map(|check| check.metadata().id).collect()
    }

    #[test]
    fn checks_are_named_by_id_by_group_and_by_the_ids_of_other_tools() {
        assert_eq!(ids(&["rotation-disabled"], &[]), ["rotation-disabled"]);
        assert_eq!(ids(&["ckv_aws_7"], &[]), ["rotation-disabled"]);
        assert!(ids(&["lifecycle"], &[]).contains(&"rotation-disabled"));
        assert!(!ids(&[], &["lifecycle"]).contains(&"rotation-disabled"));
        assert!(!ids(&["all"], &["KMS.4"]).contains(&"rotation-disabled"));
    }

    #[test]
    fn a_slip_is_told_the_nearest_name() {
        let message = |name: &str| UnknownCheck(name.to_owned()).to_string();
        assert_eq!(
            message("rotaton-disabled"),
            "there is no check \"rotaton-disabled\"; did you mean rotation-disabled?"
        );
        assert_eq!(message("zzz"), "there is no check \"zzz\"; `kmscheck checks` lists them");
    }

    #[test]
    fn a_check_that_silences_another_is_evaluated_with_it() {
        let selection = Selection::new(&["rotation-disabled".to_owned()], &[]).unwrap();
        let evaluated = selection.to_evaluate().len();
        assert_eq!(evaluated, 1 + registry::called("rotation-unsupported").count());
    }
}
