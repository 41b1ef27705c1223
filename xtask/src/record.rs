//! `cargo xtask record [--all | --missing] [FILTER]...`: makes the `plan.json` of each case in `testdata/plans` with the
//! real Terraform, against a simulated AWS. `testdata/plans/README.md` describes the cases.
#![expect(clippy::print_stdout, reason = "a command line tool tells how it is getting on")]
#![expect(clippy::disallowed_methods, reason = "a command line tool measures its time")]

mod case;
mod cloud;
mod terraform;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use self::case::Case;
use self::cloud::Cloud;
use self::terraform::Terraform;

/// Cases that are recorded at the same time.
const WORKERS: usize = 2;

/// Records the cases that the arguments choose.
///
/// # Errors
/// How many could not be recorded, or why nothing could be done at all.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), String> {
    let choice = Choice::read(arguments)?;
    let mut cases = case::find(&root.join("testdata/plans"))?;
    cases.retain(|case| choice.takes(case));
    let terraform = Terraform::new()?;
    let next = AtomicUsize::new(0);
    let worker = || work(&terraform, &cases, &next);
    let failures: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS.min(cases.len())).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(1)).sum()
    });
    match failures {
        0 => Ok(()),
        _ => Err(format!("{failures} of {} cases could not be recorded", cases.len())),
    }
}

/// Takes cases until there are no more; gives how many failed.
fn work(terraform: &Terraform, cases: &[Case], next: &AtomicUsize) -> usize {
    let cloud = match Cloud::start() {
        Ok(cloud) => cloud,
        Err(error) => {
            println!("FAILED {error}");
            return 1;
        }
    };
    let mut failures = 0;
    while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
        let started = Instant::now();
        let done = cloud.reset().and_then(|()| terraform.record(case, &cloud));
        let seconds = started.elapsed().as_secs_f64();
        match done {
            Ok(()) => println!("ok     {} ({seconds:.1} s)", case.name),
            Err(error) => {
                failures += 1;
                println!("FAILED {}\n{error}", case.name);
            }
        }
    }
    failures
}

/// Which cases to record.
struct Choice {
    recorded_too: bool,
    filters: Vec<String>,
}

impl Choice {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let (options, filters): (Vec<_>, Vec<_>) =
            arguments.iter().cloned().partition(|argument| argument.starts_with('-'));
        let recorded_too = match options.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => !filters.is_empty(),
            ["--all"] => true,
            ["--missing"] => false,
            _ => return Err("usage: cargo xtask record [--all | --missing] [FILTER]...".to_owned()),
        };
        Ok(Self { recorded_too, filters })
    }

    fn takes(&self, case: &Case) -> bool {
        let named =
            self.filters.is_empty() || self.filters.iter().any(|filter| case.name.contains(filter.as_str()));
        named && (self.recorded_too || !case.is_recorded())
    }
}
