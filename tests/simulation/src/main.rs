//! The long runs: `simulation --seeds N [--seed S]`, or one seed in full with `--trace`.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use clap::Parser;
use simulation::{Broken, Run, run, storm};

/// Runs the whole of Duologue with every fault, once for each seed.
#[derive(Debug, Parser)]
struct Flags {
    /// How many seeds
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run the first one alone, and tell what happens in it
    #[arg(long)]
    trace: bool,
    /// Seeds at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    if flags.trace {
        return match run(flags.seed, true) {
            Ok(run) => {
                println!("{run:?}");
                match stormy(flags.seed, run) {
                    Ok(_) => ExitCode::SUCCESS,
                    Err(broken) => fail(&broken),
                }
            }
            Err(broken) => fail(&broken),
        };
    }
    let started = Instant::now();
    let (next, end) = (AtomicU64::new(flags.seed), flags.seed + flags.seeds);
    let found = Mutex::new((Vec::<Broken>::new(), Vec::<Run>::new()));
    thread::scope(|scope| {
        for _ in 0..flags.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let nothing_broke = |found: &(Vec<Broken>, _)| found.0.is_empty();
                    if seed >= end || !found.lock().is_ok_and(|found| nothing_broke(&found)) {
                        return;
                    }
                    let ran = run(seed, false).and_then(|run| stormy(seed, run));
                    if let Ok(mut found) = found.lock() {
                        match ran {
                            Ok(run) => found.1.push(run),
                            Err(broken) => found.0.push(broken),
                        }
                    }
                }
            });
        }
    });
    let (broken, runs) = found.into_inner().unwrap_or_default();
    let sum = |of: fn(&Run) -> u64| runs.iter().map(of).sum::<u64>();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} seeds from {} in {seconds:.1} s, {:.0} a second: {} messages sent, {} stored, {} frames, {} steps of the \
         journal, {} processes, {} conversations purged",
        runs.len(),
        flags.seed,
        runs.len() as f64 / seconds,
        sum(|run| run.sent),
        sum(|run| run.stored),
        sum(|run| run.frames),
        sum(|run| run.steps),
        sum(|run| run.lives),
        sum(|run| run.purged),
    );
    match broken.iter().min_by_key(|broken| broken.seed) {
        None => ExitCode::SUCCESS,
        Some(broken) => fail(broken),
    }
}

/// The same seed for two pages that lose every path to each other and to the server.
fn stormy(seed: u64, run: Run) -> Result<Run, Broken> {
    storm(seed).map(|_| run).map_err(|what| Broken {
        seed,
        at: 0,
        what: format!("a storm: {what}"),
    })
}

fn fail(broken: &Broken) -> ExitCode {
    eprintln!("broken: {broken}");
    eprintln!(
        "again, with all that happens: cargo xtask simulate --seed {} --trace",
        broken.seed
    );
    ExitCode::FAILURE
}
