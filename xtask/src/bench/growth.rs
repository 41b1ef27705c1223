//! Whether the time per key stays the same as plans grow.

use std::path::Path;
use std::time::{Duration, Instant};

use kmscheck_checks::{Context, Settings, chunks, registry};
use kmscheck_graph::{KmsGraph, KmsInterest};
use kmscheck_plan::ReadOptions;

use super::generate::{self, KEYS_PER_MODULE, Size};

/// Runs of the smaller plans, so that each size is measured over a similar time.
const SIZES: [(usize, usize); 3] = [(1_000, 30), (10_000, 5), (100_000, 1)];

/// Prints the time per key, in process and on one thread, for growing numbers of keys.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let mut base = None;
    for (keys, runs) in SIZES {
        let text = generate::plan(root, &Size { key_modules: keys / KEYS_PER_MODULE, other_modules: 0 })?;
        let times = (0..runs).map(|_| analyse(text.as_bytes())).collect::<Result<Vec<_>, _>>()?;
        let per_key = times.iter().min().map_or(0.0, Duration::as_secs_f64) * 1e6 / as_float(keys);
        let ratio = per_key / *base.get_or_insert(per_key);
        println!(
            "growth          {keys:>7} keys {per_key:>8.2} us a key, {ratio:>5.2} x the first (target: 0.80 to 1.20)"
        );
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_float(count: usize) -> f64 {
    count as f64
}

fn analyse(bytes: &[u8]) -> Result<Duration, String> {
    let begin = Instant::now();
    let reading = kmscheck_plan::read(bytes, &ReadOptions::named("plan.json"), &KmsInterest)
        .map_err(|error| error.to_string())?;
    let projects = [reading.project];
    let graph = KmsGraph::build(&projects);
    let settings = Settings::default();
    let cx = Context { graph: &graph, settings: &settings };
    let jobs: Vec<_> = registry::all().iter().map(|check| check.prepare(cx)).collect();
    let verdicts: usize = chunks(&jobs).into_iter().map(|(job, range)| job.evaluate(range).len()).sum();
    std::hint::black_box(verdicts);
    Ok(begin.elapsed())
}
