//! The `duologue` command: flags, tracing, signals, exit code.

mod descriptors;
mod look;

use std::future::pending;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser as _;
use duologue::config::{self, Cli, Command, Health, Serve};
use duologue::health;
use duologue::journal::{Journal, MemoryJournal, SqliteJournal};
use duologue::{Server, Tls};
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A message is some dozen small allocations, made by one thread and often freed by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return config::explain(&error),
    };
    let done = match cli.command {
        Command::Serve(serve) => run(&serve).map(|()| ExitCode::SUCCESS),
        Command::Health(health) => ask(&health).map(|()| ExitCode::SUCCESS),
        Command::Journal(journal) => look::run(&journal.task),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("duologue: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn ask(health: &Health) -> anyhow::Result<()> {
    Ok(health::ask(&health.listen, health.tls_cert.is_some()).await?)
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
    let mut settings = serve.settings()?;
    settings.limits.connections = descriptors::connections(serve.max_connections)?;
    // Without a certificate too: unheard, the signal would end the process.
    let hangup = signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?;
    tokio::spawn(renew(settings.tls.clone(), hangup));

    let listener = TcpListener::bind(&serve.listen).await.with_context(|| {
        let listen = &serve.listen;
        format!("cannot listen on {listen}; choose another address with --listen, e.g. --listen 127.0.0.1:0")
    })?;
    let address = listener.local_addr().context("cannot tell the address")?;
    // Only now, so that whoever starts it twice is told of the address, and nothing is made for nothing.
    let disk = disk(serve)?;
    let journal: Arc<dyn Journal> = match &disk {
        Some(disk) => disk.clone(),
        None => Arc::new(MemoryJournal::default()),
    };
    // Nobody may be reading: a closed pipe is no reason not to serve.
    let _ = writeln!(std::io::stdout(), "{}", serve.greeting(address));
    tell_systemd(&[NotifyState::Ready]);

    let failing = disk.clone();
    let failed = async move {
        match failing {
            Some(disk) => disk.failed().await,
            None => pending().await,
        }
    };
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = failed => {}
        }
        tell_systemd(&[NotifyState::Stopping]);
    };
    Server::new(settings, journal).serve(listener, stop).await;
    match disk.and_then(|disk| disk.failure()) {
        Some(failure) => Err(anyhow::Error::msg(failure)),
        None => Ok(()),
    }
}

/// Where systemd started this and waits to hear; elsewhere nothing.
fn tell_systemd(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be told how the server is");
    }
}

/// The journal on disk, unless the flags ask for none.
fn disk(serve: &Serve) -> anyhow::Result<Option<Arc<SqliteJournal>>> {
    let Some(folder) = serve.folder()? else {
        return Ok(None);
    };
    let journal = SqliteJournal::open_telling(&folder, look::so_far(tell_systemd))?;
    Ok(Some(Arc::new(journal)))
}

/// Reads the certificate again at each SIGHUP. Who is connected notices nothing.
async fn renew(tls: Option<Tls>, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        let Some(tls) = &tls else {
            tracing::info!("there is no certificate to read again");
            continue;
        };
        match tls.renew() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!("the certificate in use stays: {error}"),
        }
    }
}
