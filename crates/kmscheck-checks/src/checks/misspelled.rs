//! Names in a statement that do not exist, in words.

use kmscheck_value::Text;

use crate::Severity;

/// Names of one kind that do not exist.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Misspelled {
    /// As they may be shown.
    written: Vec<String>,
    /// What may have been meant, in sentences.
    meant: Vec<String>,
    /// Whether any of them is spelled nearly as one that exists.
    is_near: bool,
}

impl Misspelled {
    /// Adds a name, and the names that are spelled nearly as it is.
    pub(super) fn add(&mut self, name: &Text, similar: impl FnOnce(&str) -> Vec<String>) {
        let similar = name.as_str().map(similar).unwrap_or_default();
        self.written.push(format!("`{name}`"));
        self.is_near |= !similar.is_empty();
        if !similar.is_empty() && !name.is_sensitive() {
            let similar: Vec<_> = similar.iter().map(|name| format!("`{name}`")).collect();
            self.meant.push(format!("Write {} for `{name}` if that is meant.", similar.join(" or ")));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Medium for what is a slip of the pen; lists age, so what is like nothing may be new.
    pub(super) fn severity(&self) -> Severity {
        if self.is_near { Severity::Medium } else { Severity::Info }
    }

    /// The names.
    pub(super) fn names(&self) -> String {
        self.written.join(" or ")
    }

    /// What to do: `kind` is what they were to be, in the plural.
    pub(super) fn help(&self, kind: &str) -> String {
        if self.meant.is_empty() {
            return format!(
                "Look it up in the list of {kind} of AWS KMS; one that is new may be missing in kmscheck's list."
            );
        }
        self.meant.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_said_unless_it_tells_a_secret() {
        let mut names = Misspelled::default();
        assert!(names.is_empty());
        names.add(&"kms:X".into(), |_| Vec::new());
        assert_eq!((names.is_empty(), names.severity()), (false, Severity::Info));
        assert!(names.help("actions").starts_with("Look it up in the list of actions"));
        names.add(&"kms:Sing".into(), |_| vec!["kms:Sign".to_owned()]);
        names.add(&Text::from("kms:Ab").into_sensitive(), |_| vec!["kms:Abc".to_owned()]);
        assert_eq!(names.severity(), Severity::Medium);
        assert_eq!(names.names(), "`kms:X` or `kms:Sing` or `(sensitive value)`");
        assert_eq!(names.help("actions"), "Write `kms:Sign` for `kms:Sing` if that is meant.");
    }

    #[test]
    fn a_secret_is_as_grave() {
        let mut names = Misspelled::default();
        names.add(&Text::from("kms:Sing").into_sensitive(), |_| vec!["kms:Sign".to_owned()]);
        assert_eq!(names.severity(), Severity::Medium);
        assert!(!names.help("actions").contains("Sign"));
    }
}
