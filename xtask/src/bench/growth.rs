//! Whether the time per key stays the same as plans grow.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use kmscheck_checks::{Context, Part, Settings, chunks, registry};
use kmscheck_graph::{KmsGraph, KmsInterest};
use kmscheck_plan::ReadOptions;

use super::generate::{self, KEYS_PER_MODULE, Size};
use super::program;

/// Numbers of keys, with more runs of the smaller plans, so that each size is measured over a similar time.
const SIZES: [(u32, usize); 3] = [(1_000, 30), (10_000, 5), (100_000, 1)];

/// Prints the time per key, on one thread, for growing numbers of keys. Each run has a process of its own, as for people:
/// the second run in one process finds its memory already there, which a large plan cannot.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let mut base = None;
    for (keys, runs) in SIZES {
        let mut times = (0..runs).map(|_| in_process(root, keys)).collect::<Result<Vec<_>, _>>()?;
        times.sort();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let per_key = median.as_secs_f64() * 1e6 / f64::from(keys);
        let ratio = per_key / *base.get_or_insert(per_key);
        println!(
            "growth          {keys:>7} keys {per_key:>8.2} us a key, {ratio:>5.2} x the first (target: 0.80 to 1.20)"
        );
    }
    Ok(())
}

fn in_process(root: &Path, keys: u32) -> Result<Duration, String> {
    let output = Command::new(program(root, "xtask")).args(["bench", "growth", &keys.to_string()]).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let micros = text.trim().parse().map_err(|_| format!("a run of {keys} keys failed: {text}"))?;
    Ok(Duration::from_micros(micros))
}

/// Prints how many microseconds one analysis of so many keys takes.
pub(crate) fn one(root: &Path, keys: &str) -> Result<(), String> {
    let keys: usize = keys.parse().map_err(|error| format!("{keys}: {error}"))?;
    let text = generate::plan(root, &Size { key_modules: keys / KEYS_PER_MODULE, other_modules: 0 })?;
    println!("{}", analyse(text.as_bytes())?.as_micros());
    Ok(())
}

fn analyse(bytes: &[u8]) -> Result<Duration, String> {
    let begin = Instant::now();
    let reading = kmscheck_plan::read(bytes, &ReadOptions::named("plan.json"), &KmsInterest)
        .map_err(|error| error.to_string())?;
    let projects = [reading.project];
    let graph = KmsGraph::build(&projects);
    let settings = Settings::default();
    let parts = Part::all(&graph);
    let cx = Context { graph: &graph, parts: &parts, settings: &settings };
    let jobs: Vec<_> = registry::all().iter().map(|check| check.prepare(cx)).collect();
    let verdicts: usize = chunks(&jobs).into_iter().map(|(job, range)| job.evaluate(range).len()).sum();
    std::hint::black_box(verdicts);
    Ok(begin.elapsed())
}
