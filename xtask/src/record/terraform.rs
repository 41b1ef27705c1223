//! Terraform and its providers.
#![expect(clippy::disallowed_types, reason = "starts Terraform")]
#![expect(
    clippy::disallowed_methods,
    reason = "works in a temporary directory; settings come from the environment"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output as Finished};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::{self, Case, Output, Provider, at};
use super::cloud::Cloud;

const AWS: &str = "registry.terraform.io/hashicorp/aws";

/// The version of the AWS provider that plans are recorded with.
const AWS_VERSION: &str = "5.100.0";

/// Where the providers are, and where to work.
pub(super) struct Terraform {
    scratch: PathBuf,
    /// With this, nothing is downloaded.
    mirror: Option<PathBuf>,
    stub: Option<PathBuf>,
    runs: AtomicUsize,
}

impl Terraform {
    /// Reads the environment variables that say where the providers are.
    pub(super) fn new() -> Result<Self, String> {
        let path = |name| env::var_os(name).map(PathBuf::from);
        let scratch = env::temp_dir().join(format!("kmscheck-record-{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(|error| at(&scratch, &error))?;
        let (mirror, stub) = (path("KMSCHECK_PROVIDER_MIRROR"), path("KMSCHECK_TERRAFORM_STUB"));
        Ok(Self { scratch, mirror, stub, runs: AtomicUsize::new(0) })
    }

    /// Makes the recording of a case.
    pub(super) fn record(&self, case: &Case, cloud: &Cloud) -> Result<(), String> {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let directory = self.scratch.join(number.to_string());
        fs::create_dir_all(&directory).map_err(|error| at(&directory, &error))?;
        let home = self.scratch.join(format!("{number}.home"));
        let provider = self.provider(case)?;
        let run = Run { directory: &directory, home: &home, cloud, provider: provider.as_deref() };
        run.configure()?;
        let recording = run.record(case)?;
        fs::write(case.recording(), recording).map_err(|error| at(&case.directory, &error))?;
        fs::remove_dir_all(&directory).map_err(|error| at(&directory, &error))
    }

    /// The directory of the provider's program; `None` if Terraform is to get it.
    fn provider(&self, case: &Case) -> Result<Option<PathBuf>, String> {
        let versions = match (case.options.provider, &self.mirror, &self.stub) {
            (Provider::Aws, None, _) => return Ok(None),
            (Provider::Aws, Some(mirror), _) => mirror.join(AWS).join(AWS_VERSION),
            (Provider::Stub, _, Some(stub)) => stub.join("target/oracle/mirror").join(AWS).join("6.99.0"),
            (Provider::Stub, _, None) => {
                return Err(
                    "KMSCHECK_TERRAFORM_STUB must name the folder of the stand-in provider".to_owned()
                );
            }
        };
        let platform = case::entries(&versions)?.into_iter().next();
        platform.map(Some).ok_or_else(|| at(&versions, &"no provider there"))
    }
}

impl Drop for Terraform {
    fn drop(&mut self) {
        // It is a temporary directory: if it stays, the system removes it.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// One case at work.
struct Run<'a> {
    directory: &'a Path,
    home: &'a Path,
    cloud: &'a Cloud,
    provider: Option<&'a Path>,
}

impl Run<'_> {
    fn configure(&self) -> Result<(), String> {
        let installation = self.provider.map_or_else(String::new, |provider| {
            let path = provider.display();
            format!("provider_installation {{\n  dev_overrides {{\n    \"{AWS}\" = \"{path}\"\n  }}\n  direct {{}}\n}}\n")
        });
        fs::create_dir_all(self.home).map_err(|error| at(self.home, &error))?;
        let file = self.home.join("terraform.rc");
        fs::write(&file, format!("disable_checkpoint = true\n{installation}"))
            .map_err(|error| at(&file, &error))
    }

    fn record(&self, case: &Case) -> Result<Vec<u8>, String> {
        if let Some(before) = case.before() {
            case::copy(&before, self.directory, &[])?;
            self.install()?;
            self.terraform(&["apply", "-auto-approve"])?;
            self.clear(case.options.before_is_elsewhere)?;
        }
        case.copy_to(self.directory)?;
        self.install()?;
        if case.options.output == Output::State {
            self.terraform(&["apply", "-auto-approve"])?;
            return self.terraform(&["show", "-json"]);
        }
        self.plan(case)?;
        self.terraform(&["show", "-json", "tfplan"])
    }

    fn plan(&self, case: &Case) -> Result<(), String> {
        let mut arguments = vec!["plan", "-out=tfplan"];
        arguments.extend(case.options.plan_args.iter().map(String::as_str));
        match (self.terraform(&arguments), case.options.errored) {
            (Ok(_), false) | (Err(_), true) => Ok(()),
            (Ok(_), true) => Err("the plan was to fail, and did not".to_owned()),
            (Err(error), false) => Err(error),
        }
    }

    /// Gets providers and modules. With a provider that is there already only modules are missing.
    fn install(&self) -> Result<(), String> {
        let command = if self.provider.is_some() { "get" } else { "init" };
        self.terraform(&[command]).map(|_| ())
    }

    /// Takes the first configuration away and, unless it was somebody else's, leaves its state.
    fn clear(&self, state_too: bool) -> Result<(), String> {
        for path in case::entries(self.directory)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(".terraform") || (name.starts_with("terraform.tfstate") && !state_too) {
                continue;
            }
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|error| at(&path, &error))?;
        }
        Ok(())
    }

    fn terraform(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new("terraform");
        command.current_dir(self.directory).env_clear();
        command
            .envs(["PATH", "HOME", "TMPDIR"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
        command.env("TF_CLI_CONFIG_FILE", self.home.join("terraform.rc"));
        let nothing = self.home.join("nothing");
        command.env("AWS_CONFIG_FILE", &nothing).env("AWS_SHARED_CREDENTIALS_FILE", &nothing);
        command.envs([
            ("TF_IN_AUTOMATION", "1"),
            ("TF_INPUT", "0"),
            ("CHECKPOINT_DISABLE", "1"),
            ("TF_CLI_ARGS", "-no-color"),
        ]);
        command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
        command.envs([("AWS_EC2_METADATA_DISABLED", "true"), ("TFSTUB_ACCOUNT", "123456789012")]);
        command.env("AWS_ENDPOINT_URL", self.cloud.endpoint());
        let finished = command.args(arguments).output().map_err(|error| format!("terraform: {error}"))?;
        if finished.status.success() { Ok(finished.stdout) } else { Err(told(arguments, &finished)) }
    }
}

/// What Terraform said when it failed.
fn told(arguments: &[&str], finished: &Finished) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("terraform {}:\n{}{}", arguments.join(" "), text(&finished.stdout), text(&finished.stderr))
}
