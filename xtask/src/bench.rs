//! `cargo xtask bench`: what the server relays for a second of CPU, beside a bare relay or beside an older version.

mod lap;
mod report;
mod revision;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use self::lap::{Figures, Lap, Subject};
use self::report::{Budget, Row, print};
use crate::build;
use crate::flags::Bench;
use crate::workspace::Workspace;

/// Of what a relay does that checks nothing and keeps nothing.
const MESSAGES: Budget = Budget::AtLeast(0.6);

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
        None => beside_the_relay(bench, &new),
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

/// Rounds of server and relay: at full load, then both at half of what the server did.
fn beside_the_relay(bench: &Bench, new: &Binaries) -> Result<()> {
    let mut full = Pairs::default();
    let mut half = Pairs::default();
    for round in 1..=bench.rounds {
        let lap = |subject, rate| run_lap(bench, round, &new.load, subject, rate);
        let server = Subject::Server {
            name: "server",
            binary: &new.server,
        };
        let at_full = lap(server, None)?;
        let rate = (at_full.messages_per_second / 2.0) as u32;
        full.push(at_full, lap(Subject::Relay, None)?);
        half.push(lap(server, Some(rate))?, lap(Subject::Relay, Some(rate))?);
    }
    print(
        &heading(bench),
        ["server", "relay"],
        &[
            full.row("messages a second", |of| of.messages_per_second),
            full.row("messages a CPU second", |of| of.messages_per_cpu_second)
                .within(MESSAGES),
            half.row("half load: messages a CPU second", |of| {
                of.messages_per_cpu_second
            }),
            half.row("half load: p50, µs", |of| of.p50_us),
            half.row("half load: p99, µs", |of| of.p99_us)
                .within(LATENCY),
        ],
    );
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
            let server = Subject::Server { name, binary };
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
