//! A tree of Terraform source, as a company has it: teams with a root module each, and the modules that they share.

use std::fs;
use std::io;
use std::path::Path;

/// A file in the tree, and what is in it but for the names.
type Template = (&'static str, &'static str);

macro_rules! templates {
    ($folder:literal: $($name:literal),+) => {
        [$(($name, include_str!(concat!("tree/", $folder, "/", $name, ".tf")))),+]
    };
}

/// What every root module has.
const ROOT: [Template; 7] =
    templates!("root": "versions", "providers", "variables", "locals", "outputs", "main", "kms");

/// What root modules are made of beside.
const PARTS: [Template; 10] = templates!("part": "network", "bucket", "function", "queue", "database", "container",
    "balancer", "alarms", "table", "pipeline");

/// The files of a shared module.
const MODULE: [Template; 5] = templates!("module": "versions", "variables", "main", "iam", "outputs");

/// The shared modules.
const MODULES: usize = 40;

/// The root modules: each shared module is called by five of them.
const ROOTS: usize = 200;

/// The files of a root module.
const FILES: usize = 24;

/// Writes the tree: 5,000 files, the same ones each time. About 5 % of the resources are keys, or name one.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    // A repository of its own, as people have it.
    fs::create_dir_all(folder.join(".git"))?;
    for number in 0..MODULES {
        let name = module_name(number);
        let directory = folder.join("modules").join(&name);
        write_all(&directory, MODULE.iter().map(|(file, text)| (*file, text.replace("MODULE", &name))))?;
    }
    (0..ROOTS).try_for_each(|number| write_root(folder, number))
}

fn write_root(folder: &Path, number: usize) -> io::Result<()> {
    let team = format!("team-{number:03}");
    let module = module_name(number % MODULES);
    let directory = folder.join("teams").join(&team);
    let named = |text: &str| text.replace("TEAM", &team).replace("MODULE", &module);
    write_all(&directory, ROOT.iter().map(|(file, text)| (*file, named(text))))?;
    for position in 0..FILES - ROOT.len() {
        let Some((file, text)) = PARTS.get((number + position) % PARTS.len()) else { continue };
        let name = format!("{file}_{position:02}");
        write_all(&directory, [(name.as_str(), named(text).replace("NAME", &name))])?;
    }
    Ok(())
}

fn module_name(number: usize) -> String {
    format!("service-{number:02}")
}

fn write_all<'f>(directory: &Path, files: impl IntoIterator<Item = (&'f str, String)>) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    files.into_iter().try_for_each(|(name, text)| fs::write(directory.join(format!("{name}.tf")), text))
}
