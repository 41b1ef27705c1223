//! The real Terraform, in a directory that holds the prelude, the files and a batch of cases.
#![expect(clippy::disallowed_types, reason = "starts Terraform")]
#![expect(
    clippy::disallowed_methods,
    reason = "works in a temporary directory; settings come from the environment"
)]

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::answer::Answer;
use super::at;
use super::batch::Batch;
use super::expressions::Case;
use super::functions::Functions;

/// Stands in the answers for the directory in which Terraform ran.
const DIRECTORY: &str = "/conformance";

/// The answers come from this version.
const VERSION: &str = "1.11.4";

/// Terraform, and where it works.
pub(super) struct Terraform {
    scratch: PathBuf,
}

impl Terraform {
    /// Makes the directory to work in. `data` is `testdata/conformance`.
    pub(super) fn new(data: &Path) -> Result<Self, String> {
        let scratch = env::temp_dir().join(format!("kmscheck-conformance-{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(|error| at(&scratch, &error))?;
        let scratch = scratch.canonicalize().map_err(|error| at(&scratch, &error))?;
        let terraform = Self { scratch };
        let version = terraform.run(&["version", "-json"], "")?;
        if !String::from_utf8_lossy(&version.stdout).contains(&format!("\"{VERSION}\"")) {
            return Err(format!(
                "the recorded answers are those of Terraform {VERSION}; install that version"
            ));
        }
        copy(&data.join("files"), &terraform.scratch.join("files"))?;
        copy_file(&data.join("prelude.tf"), &terraform.scratch.join("prelude.tf"))?;
        Ok(terraform)
    }

    /// The signatures of all functions.
    pub(super) fn functions(&self) -> Result<Functions, String> {
        Functions::read(&self.run(&["metadata", "functions", "-json"], "")?.stdout)
    }

    /// What Terraform says to each of the cases.
    pub(super) fn answers(&self, cases: &[Case]) -> Result<Vec<Answer>, String> {
        Batch::new(self, cases).answers()
    }

    /// Writes a file of the configuration.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let file = self.scratch.join(name);
        fs::write(&file, text).map_err(|error| at(&file, &error))
    }

    /// Removes a file of the configuration.
    pub(super) fn remove(&self, name: &str) -> Result<(), String> {
        let file = self.scratch.join(name);
        fs::remove_file(&file).map_err(|error| at(&file, &error))
    }

    /// Standard output of a run that must succeed, with the directory's name replaced.
    pub(super) fn stdout(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let finished = self.run(arguments, input)?;
        if finished.status.success() {
            return Ok(self.neutral(&finished.stdout));
        }
        Err(format!("terraform {}:\n{}", arguments.join(" "), self.neutral(&finished.stderr)))
    }

    /// Standard output of a run that may fail.
    pub(super) fn log(&self, arguments: &[&str]) -> Result<String, String> {
        Ok(self.neutral(&self.run(arguments, "")?.stdout))
    }

    fn neutral(&self, bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).replace(&self.scratch.display().to_string(), DIRECTORY)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<Output, String> {
        let mut command = Command::new("terraform");
        command.current_dir(&self.scratch).env_clear();
        command.envs(["PATH", "TMPDIR"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
        command.envs([("HOME", "/home/user"), ("CHECKPOINT_DISABLE", "1"), ("TF_IN_AUTOMATION", "1")]);
        command.envs([("TF_INPUT", "0"), ("TF_CLI_ARGS", "-no-color")]);
        let missing = |error| format!("terraform {VERSION} must be on the PATH to ask it: {error}");
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(|error| format!("terraform: {error}"))?;
        }
        child.wait_with_output().map_err(|error| format!("terraform: {error}"))
    }
}

impl Drop for Terraform {
    fn drop(&mut self) {
        // It is a temporary directory: if it stays, the system removes it.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

fn copy(source: &Path, target: &Path) -> Result<(), String> {
    fs::create_dir_all(target).map_err(|error| at(target, &error))?;
    for entry in fs::read_dir(source).map_err(|error| at(source, &error))? {
        let path = entry.map_err(|error| at(source, &error))?.path();
        let to = target.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            copy_file(&path, &to)?;
        }
    }
    Ok(())
}

fn copy_file(source: &Path, target: &Path) -> Result<(), String> {
    fs::copy(source, target).map(|_| ()).map_err(|error| at(source, &error))
}
