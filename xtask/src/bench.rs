//! `cargo xtask bench`: what the server relays for a second of CPU, beside a bare relay or beside an older version.

mod lap;
mod report;
mod revision;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use self::lap::{Figures, Journal, Lap, Subject};
use self::report::{Budget, Row, print};
use crate::build;
use crate::flags::Bench;
use crate::workspace::Workspace;

/// Of what a relay does that checks nothing and keeps nothing.
const MESSAGES: Budget = Budget::AtLeast(0.6);

/// The same, where each message is on the disk before its author is told so.
const DURABLE_MESSAGES: Budget = Budget::AtLeast(0.35);

/// Bytes of memory for somebody who sits and says nothing.
const MEMORY: Budget = Budget::NoMoreThan(10.0 * 1024.0);

/// Milliseconds until all are seated again.
const RETURN: Budget = Budget::NoMoreThan(20_000.0);

/// The time that the server adds must not be felt.
const LATENCY: Budget = Budget::AtMost(2.0);

/// One version: its server and the load that speaks its protocol.
struct Binaries {
    server: PathBuf,
    load: PathBuf,
}

pub(crate) fn run(ws: &Workspace, bench: &Bench) -> Result<()> {
    // First, because it says at once when there is nothing to compare with.
    let old = match &bench.against {
        Some(revision) => Some(revision::build(ws, revision)?),
        None => None,
    };
    let new = build_here(ws)?;
    match old {
        None => beside_the_relay(ws, bench, &new),
        Some(old) => beside_an_older_one(bench, &new, &old),
    }
}

/// Both binaries apart: together, the load's needs of a library would be built into the server.
fn build_here(ws: &Workspace) -> Result<Binaries> {
    let sh = &ws.sh;
    // A page is not built for this, but the binary is the one that others use too.
    let page = ws.page();
    build::hub(ws, page.is_dir().then_some(&*page))?;
    cmd!(sh, "cargo build --release --package relay-bench")
        .run()
        .context("the load does not build")?;
    Ok(Binaries {
        server: ws.binary(),
        load: ws.release("relay-bench"),
    })
}

/// Rounds of servers and relays: at full load, then at half of what the server did; and a crowd that says nothing.
fn beside_the_relay(ws: &Workspace, bench: &Bench, new: &Binaries) -> Result<()> {
    let folder = ws.target.join("bench").join("journal");
    let server = |name, journal| Subject::Server {
        name,
        binary: &new.server,
        journal,
    };
    let memory = server("server, memory", Journal::Memory);
    let disk = server("server, SQLite", Journal::Disk(&folder));
    let [mut full, mut durable, mut acking] = [(); 3].map(|()| Pairs::default());
    let [mut half, mut durable_half] = [(); 2].map(|()| Pairs::default());
    for round in 1..=bench.rounds {
        let lap = |subject, rate| run_lap(bench, round, &new.load, subject, rate);
        let in_memory = lap(memory, None)?;
        let on_disk = lap(disk, None)?;
        let half_of = |figures: &Figures| Some((figures.messages_per_second / 2.0) as u32);
        let (rate, durable_rate) = (half_of(&in_memory), half_of(&on_disk));
        full.push(in_memory, lap(Subject::Relay, None)?);
        durable.push(on_disk, lap(Subject::Relay, None)?);
        acking.push(lap(Subject::AckingRelay, None)?, lap(Subject::Relay, None)?);
        half.push(lap(memory, rate)?, lap(Subject::Relay, rate)?);
        let relay = lap(Subject::Relay, durable_rate)?;
        durable_half.push(lap(disk, durable_rate)?, relay);
    }
    let per_second = |of: &Figures| of.messages_per_second;
    let per_cpu = |of: &Figures| of.messages_per_cpu_second;
    let mut rows = vec![
        full.row("memory: messages a second", per_second),
        full.row("memory: messages a CPU second", per_cpu)
            .within(MESSAGES),
        durable.row("SQLite: messages a second", per_second),
        durable
            .row("SQLite: messages a CPU second", per_cpu)
            .within(DURABLE_MESSAGES),
        acking.row("relay that acknowledges: messages a CPU second", per_cpu),
        half.row("memory, half load: p50, µs", |of| of.p50_us),
        half.row("memory, half load: p99, µs", |of| of.p99_us)
            .within(LATENCY),
        durable_half.row("SQLite, half load: p50, µs", |of| of.p50_us),
        durable_half.row("SQLite, half load: p99, µs", |of| of.p99_us),
    ];
    if bench.connections > 0 {
        let crowd = |subject| lap::crowd(&new.load, subject, bench.connections);
        let relay = crowd(Subject::Relay)?;
        for (subject, [each, again]) in [
            (
                memory,
                [
                    "memory: bytes a seated connection",
                    "memory: all seated again, ms",
                ],
            ),
            (
                disk,
                [
                    "SQLite: bytes a seated connection",
                    "SQLite: all seated again, ms",
                ],
            ),
        ] {
            let figures = crowd(subject)?;
            let bytes = vec![(figures.bytes_each, relay.bytes_each)];
            rows.push(Row::new(each, bytes).within(MEMORY));
            let seconds = figures
                .seated_again_s
                .context("the crowd did not come back")?;
            rows.push(Row::new(again, vec![(1000.0 * seconds, f64::NAN)]).within(RETURN));
        }
    }
    let heading = format!("{}; a crowd of {}", heading(bench), bench.connections);
    print(&heading, ["server", "relay"], &rows);
    Ok(())
}

/// Old and new by turns, the relay after each: where the relay's figures differ, so did the machine. Every second round
/// begins with the new one, so that nobody always goes first.
fn beside_an_older_one(bench: &Bench, new: &Binaries, old: &Binaries) -> Result<()> {
    let mut versions = Pairs::default();
    let mut relays = Pairs::default();
    for round in 1..=bench.rounds {
        let version = |name, of: &Binaries| {
            let binary = &of.server;
            let journal = Journal::Memory;
            let server = Subject::Server {
                name,
                binary,
                journal,
            };
            let figures = run_lap(bench, round, &of.load, server, None)?;
            let relay = run_lap(bench, round, &new.load, Subject::Relay, None)?;
            anyhow::Ok((figures, relay))
        };
        let ahead = round.is_multiple_of(2).then(|| version("new", new));
        let (old, relay_after_old) = version("old", old)?;
        let (new, relay_after_new) = ahead.unwrap_or_else(|| version("new", new))?;
        versions.push(new, old);
        relays.push(relay_after_new, relay_after_old);
    }
    print(
        &heading(bench),
        ["new", "old"],
        &[
            versions.row("messages a second", |of| of.messages_per_second),
            versions.row("messages a CPU second", |of| of.messages_per_cpu_second),
            relays.row("the same, the relay after it", |of| {
                of.messages_per_cpu_second
            }),
        ],
    );
    Ok(())
}

fn run_lap(
    bench: &Bench,
    round: u32,
    load: &Path,
    subject: Subject<'_>,
    rate: Option<u32>,
) -> Result<Figures> {
    let lap = Lap {
        load,
        subject,
        rooms: bench.rooms,
        seconds: bench.seconds,
        rate,
    };
    let figures = lap.run()?;
    println!("round {round} of {}: {lap}: {figures}", bench.rounds);
    Ok(figures)
}

fn heading(bench: &Bench) -> String {
    format!(
        "{} conversations, medians of {} round(s) of {} s",
        bench.rooms, bench.rounds, bench.seconds
    )
}

/// What was measured side by side, round by round.
#[derive(Default)]
struct Pairs(Vec<(Figures, Figures)>);

impl Pairs {
    fn push(&mut self, left: Figures, right: Figures) {
        self.0.push((left, right));
    }

    fn row(&self, name: &'static str, value: impl Fn(&Figures) -> f64) -> Row {
        let pair = |(left, right): &(Figures, Figures)| (value(left), value(right));
        Row::new(name, self.0.iter().map(pair).collect())
    }
}
