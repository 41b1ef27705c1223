//! Running a program and taking its time and its peak memory.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// One run of a program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) time: Duration,
    /// Bytes; 0 where the system does not tell.
    pub(crate) peak: u64,
}

/// A program to run, and what it reads.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) stdin: Option<String>,
}

impl Contender {
    fn start(&self) -> Result<Child, String> {
        let stdin = match &self.stdin {
            Some(path) => Stdio::from(File::open(path).map_err(|error| format!("{path}: {error}"))?),
            None => Stdio::null(),
        };
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(stdin).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|error| format!("{}: {error}", self.program))
    }

    fn run(&self) -> Result<Run, String> {
        let begin = Instant::now();
        let mut child = self.start()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        loop {
            if child.try_wait().map_err(|error| error.to_string())?.is_some() {
                return Ok(Run { time: begin.elapsed(), peak });
            }
            peak = peak_memory(Path::new(&status)).unwrap_or(peak);
            thread::sleep(Duration::from_micros(500));
        }
    }
}

/// Runs the contenders in turn, `rounds` times, after a round that does not count, and gives the median time and the
/// greatest peak of each.
pub(crate) fn compare(contenders: &[Contender], rounds: usize) -> Result<Vec<Run>, String> {
    let mut runs = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for (contender, runs) in contenders.iter().zip(&mut runs) {
            let run = contender.run()?;
            if round > 0 {
                runs.push(run);
            }
        }
    }
    Ok(runs.iter_mut().map(|runs| median(runs)).collect())
}

fn median(runs: &mut [Run]) -> Run {
    runs.sort_by_key(|run| run.time);
    let time = runs.get(runs.len() / 2).map_or(Duration::ZERO, |run| run.time);
    Run { time, peak: runs.iter().map(|run| run.peak).max().unwrap_or(0) }
}

/// `VmHWM`, which Linux keeps for every process.
fn peak_memory(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
