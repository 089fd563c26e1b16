//! The command line of `cargo xtask`.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

const ENVIRONMENT: &str = "\
Environment:
  DUOLOGUE_CACHE           where tools are kept [default: $XDG_CACHE_HOME/duologue, ~/.cache/duologue]
  DUOLOGUE_WASM_TOOLCHAIN  `rustup` or `debian`: what compiles the page [default: the first that works]
  CHROMIUM, CHROMEDRIVER   the browser and its driver [default: found on PATH]";

/// The chores of Duologue.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", after_help = ENVIRONMENT)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Install all that building and testing need; at once when it is there
    Setup,
    /// Build the page and the release binary that contains it
    Build {
        /// Also `target/release/duologue-static`, with the C library inside: it needs nothing else in a container
        #[arg(long = "static")]
        with_static: bool,
    },
    /// Build, then serve: `cargo xtask run -- --listen 0.0.0.0:8080`
    Run {
        /// Flags for `duologue serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Hub on 127.0.0.1:8080 and page on 127.0.0.1:8081, rebuilt when a file changes
    Dev,
    /// Everything that must pass: tidy, fmt, clippy, docs, tests, build, browsers
    Test {
        /// Leave out the tests that drive real browsers
        #[arg(long)]
        skip_browser: bool,
    },
    /// The house rules that a program can check
    Tidy,
    /// What the server relays for a second of CPU, beside a bare relay and the budget; needs two cores and Linux
    Bench(Bench),
    /// Look for bytes that break what must hold of frames, rooms and sealed bodies
    Fuzz(Fuzz),
    /// The hub, its journal and the pages under one scheduler with every fault, once for each seed
    Simulate(Simulate),
    /// Deliberate bugs, one after the other, each of which the simulation has to find
    Mutants {
        /// Only those with this in their name
        name: Option<String>,
    },
    /// Kill the server under load, and look for what it had acknowledged
    Faults(Faults),
    /// The Autobahn test suite (RFC 6455) against the server's WebSockets; needs a Python 2.7
    Autobahn,
}

#[derive(Args)]
pub(crate) struct Simulate {
    /// How many seeds
    #[arg(long, default_value_t = 10_000)]
    pub(crate) seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Run the first one alone, and tell what happens in it
    #[arg(long)]
    pub(crate) trace: bool,
}

#[derive(Args)]
pub(crate) struct Faults {
    /// How often
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..))]
    pub(crate) kills: u32,
}

#[derive(Args)]
pub(crate) struct Fuzz {
    /// One target instead of all
    pub(crate) target: Option<FuzzTarget>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60, value_parser = value_parser!(u32).range(1..))]
    pub(crate) seconds: u32,
    /// Take what was found over into the inputs that the tests replay
    #[arg(long)]
    pub(crate) keep: bool,
}

/// The targets, by their names in `fuzz/`.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FuzzTarget {
    /// Any text as a frame
    Frame,
    /// Any order of events in a room
    Room,
    /// Any bytes as something sealed, and anything that a page may be shown
    Open,
}

impl FuzzTarget {
    pub(crate) const ALL: [Self; 3] = [Self::Frame, Self::Room, Self::Open];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Room => "room",
            Self::Open => "open",
        }
    }
}

#[derive(Args)]
pub(crate) struct Bench {
    /// Conversations at once, each of two sockets
    #[arg(long, default_value_t = 500, value_parser = value_parser!(u32).range(1..=10_000))]
    pub(crate) rooms: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 4, value_parser = value_parser!(u32).range(1..=60))]
    pub(crate) seconds: u32,
    /// Rounds; medians are taken over them
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// Seated connections that say nothing and then all come back; 0 leaves that out
    #[arg(long, default_value_t = 20_000, value_parser = value_parser!(u32).range(0..=50_000))]
    pub(crate) connections: u32,
    /// Compare with the server of this revision instead of the budget
    #[arg(long, value_name = "REVISION")]
    pub(crate) against: Option<String>,
}
