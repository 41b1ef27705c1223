//! How paths are called in reports.

use std::path::{Component, Path, PathBuf};

/// Names paths relative to the repository that holds them, else to the current directory, with `/`.
#[derive(Debug)]
pub(crate) struct Names {
    base: Option<PathBuf>,
    canonical: Option<PathBuf>,
}

impl Names {
    /// For the paths at or under `path`.
    pub(crate) fn around(path: &Path) -> Self {
        let absolute = absolute(path);
        let repository = absolute.ancestors().find(|directory| directory.join(".git").exists());
        let base = repository.map(Path::to_owned).or_else(|| std::env::current_dir().ok());
        let canonical = base.as_ref().and_then(|base| base.canonicalize().ok());
        Self { base, canonical }
    }

    /// The directory that names are relative to.
    pub(crate) fn base(&self) -> Option<&Path> {
        self.base.as_deref()
    }

    /// The same directory, and where it lies if a link leads there.
    fn bases(&self) -> impl Iterator<Item = &Path> {
        self.base.iter().chain(&self.canonical).map(PathBuf::as_path)
    }

    pub(crate) fn of(&self, path: &Path) -> String {
        let absolute = absolute(path);
        let inside = self.bases().find_map(|base| absolute.strip_prefix(base).ok());
        let shown = inside.unwrap_or(&absolute);
        let parts: Vec<_> = shown.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        match parts.join("/") {
            here if here.is_empty() => ".".to_owned(),
            // The root of the file system is a part by itself.
            other => other.replacen("//", "/", 1),
        }
    }
}

/// What no source that is read may lie outside of: the repository of a directory, or else the directory itself.
pub(crate) fn bound(directory: &Path, names: &Names) -> PathBuf {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let directory = canonical(directory);
    names.base().map(canonical).filter(|base| directory.starts_with(base)).unwrap_or(directory)
}

/// The absolute path, without `.` and `..`.
fn absolute(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_named_from_the_repository_or_in_full() {
        let names = Names { base: Some("/repo".into()), canonical: None };
        assert_eq!(names.of(Path::new("/repo/envs/../plan.json")), "plan.json");
        assert_eq!(names.of(Path::new("/repo")), ".");
        assert_eq!(names.of(Path::new("/elsewhere/plan.json")), "/elsewhere/plan.json");
    }
}
