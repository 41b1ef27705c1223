//! `cargo xtask codegen [--check]`: the pages and tables that are made from the files of the checks.
#![expect(clippy::disallowed_methods, reason = "reads and writes the repository's own files")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kmscheck_checks::{Documentation, Group, Metadata, Needs, registry};

const BEGIN: &str = "<!-- checks: begin (`cargo xtask codegen` writes this table) -->";
const END: &str = "<!-- checks: end -->";

/// How many ids of other tools the README names for a check; its page names all.
const IN_TABLE: usize = 3;

/// Writes what is stale; with `--check`, only says so.
///
/// # Errors
/// What is stale, or what went wrong.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let stale = stale(&root)?;
    match arguments {
        [] => stale.iter().try_for_each(|(path, text)| mend(path, text.as_deref())),
        [flag] if flag == "--check" && stale.is_empty() => Ok(()),
        [flag] if flag == "--check" => {
            let paths: Vec<_> = stale.keys().map(|path| path.display().to_string()).collect();
            Err(format!("stale, run `cargo xtask codegen`: {}", paths.join(", ")))
        }
        _ => Err("usage: cargo xtask codegen [--check]".to_owned()),
    }
}

/// The files that are not as they should be, with what they should be; `None` for one that should not be there.
fn stale(root: &Path) -> Result<BTreeMap<PathBuf, Option<String>>, String> {
    let wanted = wanted(root)?;
    let left_over = existing_pages(root).into_iter().filter(|path| !wanted.contains_key(path));
    let mut stale: BTreeMap<_, _> = left_over.map(|path| (path, None)).collect();
    for (path, text) in wanted {
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            stale.insert(path, Some(text));
        }
    }
    Ok(stale)
}

fn mend(path: &Path, text: Option<&str>) -> Result<(), String> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    let done = match text {
        Some(text) => fs::write(path, text),
        None => fs::remove_file(path),
    };
    done.map_err(|error| format!("{}: {error}", path.display()))
}

fn wanted(root: &Path) -> Result<BTreeMap<PathBuf, String>, String> {
    let mut files: BTreeMap<_, _> =
        checks().map(|check| (pages(root).join(format!("{}.md", check.id)), page(check))).collect();
    let readme = root.join("README.md");
    let text = fs::read_to_string(&readme).map_err(|error| format!("{}: {error}", readme.display()))?;
    let with_table =
        replace_between(&text, &table()).ok_or("README.md has lost its markers for the table of checks")?;
    files.insert(readme, with_table);
    Ok(files)
}

fn pages(root: &Path) -> PathBuf {
    root.join("docs/checks")
}

fn existing_pages(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(pages(root)).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "md")).collect()
}

fn checks() -> impl Iterator<Item = &'static Metadata> {
    registry::all().iter().map(|check| check.metadata())
}

fn page(check: &Metadata) -> String {
    let file = check.id.replace('-', "_");
    format!(
        "<!-- `cargo xtask codegen` writes this page from crates/kmscheck-checks/src/checks/{file}.rs. -->\n\n\
         # {}\n\n{}.\n\n{}\n{}\n",
        check.id,
        check.summary,
        facts(check),
        body(&Documentation::of(check).markdown),
    )
}

fn facts(check: &Metadata) -> String {
    let needs = match check.needs {
        Needs::Anything => "any input",
        Needs::Plan => "a plan",
        Needs::Source => "a plan with its source (`--source`)",
    };
    let runs = if check.default { "by default" } else { "when selected" };
    let rows = [
        ("Severity", check.severity.name().to_owned()),
        ("Group", format!("{} ({})", check.group, check.group.title())),
        ("Other tools", aliases(check, usize::MAX)),
        ("Needs", needs.to_owned()),
        ("Runs", runs.to_owned()),
    ];
    rows.iter().filter(|(_, value)| !value.is_empty()).fold(
        "| | |\n|---|---|\n".to_owned(),
        |mut table, (name, value)| {
            let _ = writeln!(table, "| {name} | {value} |");
            table
        },
    )
}

fn aliases(check: &Metadata, most: usize) -> String {
    check.aliases.iter().take(most).map(|alias| format!("`{alias}`")).collect::<Vec<_>>().join(", ")
}

/// The documentation under the title of the page: headings one level deeper, examples with words before them instead of
/// in their fences, where a reader of the page would not see them.
fn body(markdown: &str) -> String {
    let mut body = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        let fence = line.strip_prefix("```");
        let _ = match fence.and_then(|info| info.split_once(',')) {
            Some((language, kind)) => writeln!(body, "{}:\n\n```{language}", label(kind)),
            None if line.starts_with('#') && !in_code => writeln!(body, "#{line}"),
            None => writeln!(body, "{line}"),
        };
        in_code ^= fence.is_some();
    }
    body.trim_end().to_owned()
}

fn label(kind: &str) -> &str {
    match kind {
        "bad" => "Reported",
        "good" => "Not reported",
        "before" => "Applied before",
        other => other,
    }
}

fn table() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let members: Vec<_> = checks().filter(|check| check.group == group).collect();
        if members.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n**{group}**: {}\n", group.title());
        text += "| Check | Severity | What it finds | Other tools |\n|---|---|---|---|\n";
        for check in members {
            let (id, aliases) = (check.id, aliases(check, IN_TABLE));
            let _ = writeln!(
                text,
                "| [`{id}`](docs/checks/{id}.md) | {} | {} | {aliases} |",
                check.severity, check.summary
            );
        }
    }
    text.push('\n');
    text
}

fn replace_between(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_up_to_date() {
        assert_eq!(run(&["--check".to_owned()]), Ok(()));
    }

    #[test]
    fn comments_in_examples_are_no_headings() {
        let body = body("# A\n\n```hcl,bad\n# x\n```\n\n# B");
        assert_eq!(body, "## A\n\nReported:\n\n```hcl\n# x\n```\n\n## B");
    }
}
