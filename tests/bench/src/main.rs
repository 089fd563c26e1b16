//! The command line: one measurement, printed as one line of JSON, or the relay itself.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use relay_bench::crowd::{self, CrowdFigures};
use relay_bench::figures::Figures;
use relay_bench::load::{self, Load};
use relay_bench::target::{Start, Target, allow_sockets, pin_myself};
use relay_bench::{Kind, relay};
use tokio::net::TcpListener;
use tokio::runtime;

/// Measures how much is relayed for a second of CPU. `cargo xtask bench` runs it; its flags and its output outlive
/// versions of the protocol, so that two versions can be compared.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a target, load it, and print the figures as a line of JSON
    Measure(Measure),
    /// Seat many who say nothing, print what each takes, then kill the server and have them all come back
    Crowd(Crowd),
    /// Be the relay, on a free port
    Relay {
        /// Tell whoever said something that it went on
        #[arg(long)]
        acks: bool,
    },
}

/// What is measured, and where.
#[derive(Args)]
struct Aim {
    /// What to measure
    #[arg(long)]
    target: Kind,
    /// The server's binary
    #[arg(long, required_if_eq("target", "server"))]
    server: Option<PathBuf>,
    /// The folder of the server's journal, which must be new; in memory without
    #[arg(long)]
    data: Option<PathBuf>,
    /// The core of what is measured
    #[arg(long, default_value_t = 0)]
    server_core: u32,
    /// The core of the load
    #[arg(long, default_value_t = 1)]
    load_core: u32,
}

impl Aim {
    /// How to start the server, where it is the target.
    fn start(&self, rooms: Option<u32>) -> Result<Option<Start<'_>>> {
        if self.target != Kind::Server {
            return Ok(None);
        }
        Ok(Some(Start {
            binary: self.server.as_ref().context("--server is missing")?,
            data: self.data.as_deref(),
            rooms,
            core: self.server_core,
        }))
    }

    /// The target, started.
    async fn begin(&self, start: Option<&Start<'_>>) -> Result<Target> {
        match start {
            Some(start) => start.anywhere().await,
            None => Target::relay(self.server_core, self.target == Kind::AckingRelay).await,
        }
    }
}

#[derive(Args)]
struct Crowd {
    #[command(flatten)]
    aim: Aim,
    /// How many they are
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(2..=50_000))]
    connections: u32,
}

#[derive(Args)]
struct Measure {
    #[command(flatten)]
    aim: Aim,
    /// Conversations at once, each of two sockets
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rooms: u32,
    /// Seconds of talk before anything is counted
    #[arg(long, default_value_t = 1)]
    warm_up: u32,
    /// Seconds that are counted
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// Messages a second over all conversations; without it, as many as there can be
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("relay-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Measure(flags) => {
            // Before the runtime, so that every thread is on that core.
            pin_myself(flags.aim.load_core)?;
            allow_sockets(2 * flags.rooms)?;
            let figures = one_thread()?.block_on(measure(&flags))?;
            println!("{}", serde_json::to_string(&figures)?);
            Ok(())
        }
        Command::Crowd(flags) => {
            pin_myself(flags.aim.load_core)?;
            allow_sockets(flags.connections)?;
            let figures = one_thread()?.block_on(crowd(&flags))?;
            println!("{}", serde_json::to_string(&figures)?);
            Ok(())
        }
        // The same kind of runtime as the server's.
        Command::Relay { acks } => runtime::Runtime::new()?.block_on(be_the_relay(acks)),
    }
}

fn one_thread() -> Result<runtime::Runtime> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("there is no runtime")
}

async fn measure(flags: &Measure) -> Result<Figures> {
    let start = flags.aim.start(Some(flags.rooms))?;
    let target = flags.aim.begin(start.as_ref()).await?;
    let load = Load {
        rooms: flags.rooms,
        warm_up: Duration::from_secs(flags.warm_up.into()),
        window: Duration::from_secs(flags.seconds.into()),
        rate: flags.rate.map(f64::from),
    };
    load::run(load, flags.aim.target, target.address(), target.process()?).await
}

async fn crowd(flags: &Crowd) -> Result<CrowdFigures> {
    let start = flags.aim.start(None)?;
    let target = flags.aim.begin(start.as_ref()).await?;
    crowd::run(flags.aim.target, target, flags.connections, start.as_ref()).await
}

async fn be_the_relay(acks: bool) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("no free port for the relay")?;
    println!("relaying on ws://{}", listener.local_addr()?);
    relay::serve(listener, acks).await
}
