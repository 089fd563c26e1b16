//! Every chore of the project, as `cargo xtask <command>`: one file per command.

mod autobahn;
mod bench;
mod build;
mod dev;
mod faults;
mod flags;
mod fuzz;
mod lockfile;
mod mutants;
mod run;
mod setup;
mod simulate;
mod size;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::flags::{Command, Flags};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    match dispatch(Flags::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<()> {
    let ws = Workspace::open()?;
    match command {
        Command::Setup => setup::run(&ws),
        Command::Build { with_static } => build::run(&ws, with_static),
        Command::Run { args } => run::run(&ws, &args),
        Command::Dev => dev::run(&ws),
        Command::Test { skip_browser } => test::run(&ws, skip_browser),
        Command::Tidy => tidy::run(&ws),
        Command::Bench(flags) => bench::run(&ws, &flags),
        Command::Fuzz(flags) => fuzz::run(&ws, &flags),
        Command::Simulate(flags) => simulate::run(&ws, &flags),
        Command::Mutants { name } => mutants::run(&ws, name.as_deref()),
        Command::Faults(flags) => faults::run(&ws, &flags),
        Command::Autobahn => autobahn::run(&ws),
    }
}
