//! The `duologue` command: flags, tracing, signals, exit code.

mod descriptors;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser as _;
use duologue::config::{self, Cli, Command, Serve};
use duologue::journal::MemoryJournal;
use duologue::{Server, Tls};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return config::explain(&error),
    };
    let Command::Serve(serve) = cli.command;
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

    let mut settings = serve.settings()?;
    settings.limits.connections = descriptors::connections(serve.max_connections)?;
    if let Some(tls) = settings.tls.clone() {
        let hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
        tokio::spawn(renew(tls, hangup));
    }

    let listener = TcpListener::bind(&serve.listen).await.with_context(|| {
        let listen = &serve.listen;
        format!("cannot listen on {listen}; choose another address with --listen, e.g. --listen 127.0.0.1:0")
    })?;
    let address = listener.local_addr().context("cannot tell the address")?;
    // Nobody may be reading: a closed pipe is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "{}", serve.greeting(address));

    Server::new(settings, Arc::new(MemoryJournal::default()))
        .serve(listener, stop)
        .await;
    Ok(())
}

/// Reads the certificate again at each SIGHUP. Who is connected notices nothing.
async fn renew(tls: Tls, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        match tls.renew() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!("the certificate in use stays: {error}"),
        }
    }
}
