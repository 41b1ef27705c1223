//! Running kmscheck, and plans to run it on.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

/// kmscheck in the repository's root, with nothing of the environment that could change what it does.
pub(crate) fn kmscheck<S: AsRef<str>>(arguments: &[S]) -> Run {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kmscheck"));
    command.env_clear().current_dir(repository());
    command.args(arguments.iter().map(AsRef::as_ref));
    Run(command)
}

/// kmscheck with no more than so many KiB of memory, and so much time.
#[cfg(unix)]
pub(crate) fn bounded(arguments: &[&str], memory: u64, time: std::time::Duration) -> Ran {
    let mut command = Command::new("/bin/sh");
    // Some systems have no such bound.
    let script = format!("ulimit -v {memory} 2>/dev/null; exec \"$0\" \"$@\"");
    command.env_clear().current_dir(repository()).timeout(time);
    command.args(["-c", &script]).arg(assert_cmd::cargo::cargo_bin!("kmscheck")).args(arguments);
    Run(command).run()
}

/// A call of kmscheck.
pub(crate) struct Run(Command);

/// What a call did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn current_dir(mut self, path: &Path) -> Self {
        self.0.current_dir(path);
        self
    }

    pub(crate) fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.0.write_stdin(input);
        self
    }

    pub(crate) fn run(mut self) -> Ran {
        let output = self.0.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The JSON report or list on standard output.
    pub(crate) fn json(self) -> Value {
        let ran = self.run();
        serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}{}", ran.stdout, ran.stderr))
    }
}

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file for this test alone.
pub(crate) fn temporary(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

/// A recorded plan.
pub(crate) struct Case {
    /// The directory that it is in: the check, or `general`.
    pub(crate) check: String,
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
}

impl Case {
    pub(crate) fn plan(&self) -> String {
        self.directory.join("plan.json").to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.directory.join(file)).unwrap_or_default()
    }

    /// Arguments that give kmscheck what `case.toml` asks for.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let case: toml::Table = toml::from_str(&self.read("case.toml")).unwrap();
        let mut arguments = Vec::new();
        if let Some(settings) = case.get("settings") {
            let text = toml::to_string(settings).unwrap();
            let file = temporary(&format!("settings/{}-{}.toml", self.check, self.name), text);
            arguments.extend(["--config".to_owned(), file.to_str().unwrap().to_owned()]);
        }
        if case.get("source").is_some() {
            arguments.extend(["--source".to_owned(), self.directory.to_str().unwrap().to_owned()]);
        }
        arguments
    }
}

/// All recorded plans, in order.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for check in directories(&repository().join("testdata/plans")) {
        for directory in directories(&check).into_iter().filter(|case| case.join("plan.json").is_file()) {
            cases.push(Case { check: name(&check), name: name(&directory), directory });
        }
    }
    assert!(!cases.is_empty(), "no recorded plans");
    cases
}

pub(crate) fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let mut directories: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    directories.sort();
    directories
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The ids of all checks.
pub(crate) fn check_ids() -> Vec<String> {
    let checks = kmscheck(&["checks", "--format", "json"]).json();
    checks.as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

/// A plan that creates keys, each with an address and arguments.
pub(crate) fn plan(keys: &[(&str, Value)]) -> Value {
    let change = |(name, after): &(&str, Value)| {
        json!({
            "address": format!("aws_kms_key.{name}"), "mode": "managed", "type": "aws_kms_key", "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {"arn": true, "id": true},
                       "before_sensitive": false, "after_sensitive": {}}
        })
    };
    let resource = |(name, after): &(&str, Value)| {
        let expressions = after
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.clone(), json!({"constant_value": value})));
        json!({
            "address": format!("aws_kms_key.{name}"), "mode": "managed", "type": "aws_kms_key", "name": name,
            "provider_config_key": "aws", "schema_version": 0,
            "expressions": expressions.collect::<serde_json::Map<_, _>>()
        })
    };
    json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": keys.iter().map(change).collect::<Vec<_>>(),
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws",
                                        "expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"resources": keys.iter().map(resource).collect::<Vec<_>>()}
        }
    })
}

/// A plan with one finding: a key that could rotate and does not.
pub(crate) fn plan_with_a_finding() -> Value {
    plan(&[("app", json!({"enable_key_rotation": false}))])
}

/// A plan with a key and no finding that fails a run.
pub(crate) fn plan_without_findings() -> Value {
    plan(&[("app", json!({"enable_key_rotation": true}))])
}
