//! The `duologue` command: flags, tracing, signals, exit code.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser as _;
use duologue::Server;
use duologue::config::{Cli, Command, Serve};
use duologue::journal::MemoryJournal;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let Command::Serve(serve) = Cli::parse().command;
    match run(&serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("duologue: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(serve: &Serve) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&serve.log).with_context(|| {
        format!(
            "--log {:?} is no filter; try info or duologue=debug",
            serve.log
        )
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };

    let listener = TcpListener::bind(serve.listen).await.with_context(|| {
        let listen = serve.listen;
        format!("cannot listen on {listen}; choose another address with --listen, e.g. --listen 127.0.0.1:0")
    })?;
    let address = listener.local_addr().context("cannot tell the address")?;
    let url = serve
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{address}"));
    println!("Duologue is ready. Open {url} in two browsers.");

    Server::new(serve.settings(), Arc::new(MemoryJournal::default()))
        .serve(listener, stop)
        .await;
    Ok(())
}
