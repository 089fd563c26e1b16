//! The real binary, on a port of its own.

use anyhow::Context as _;
use serde_json::Value;
use std::ffi::OsString;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use tokio::process::Command;

use crate::process::Process;

/// A running `duologue serve`.
#[derive(Debug)]
pub struct Hub {
    process: Process,
    address: SocketAddr,
}

impl Hub {
    /// Starts a hub on a free port. `cargo xtask test` names the binary in `DUOLOGUE_BIN`.
    ///
    /// # Errors
    /// When there is no binary, or it does not become ready.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_at("127.0.0.1:0", &[]).await
    }

    /// Starts a hub with further flags.
    ///
    /// # Errors
    /// As [`Hub::start`].
    pub async fn start_with(flags: &[&str]) -> anyhow::Result<Self> {
        Self::start_at("127.0.0.1:0", flags).await
    }

    /// Starts a hub that writes all it can log into `log`.
    ///
    /// # Errors
    /// As [`Hub::start`]; also when the file cannot be written.
    pub async fn start_logging(log: &Path) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = command("127.0.0.1:0", &["--log", "trace"])?;
        command.stderr(file);
        Self::launch(command).await
    }

    async fn start_at(listen: &str, flags: &[&str]) -> anyhow::Result<Self> {
        Self::launch(command(listen, flags)?).await
    }

    async fn launch(mut command: Command) -> anyhow::Result<Self> {
        let (process, address) = Process::start(&mut command, |line| {
            let word = line
                .split_whitespace()
                .find(|word| word.starts_with("http://"))?;
            word.trim_start_matches("http://").parse().ok()
        })
        .await?;
        Ok(Self { process, address })
    }

    /// Stops the server; the address stays known.
    ///
    /// # Errors
    /// When the process cannot be waited for.
    pub async fn stop(self) -> anyhow::Result<SocketAddr> {
        self.process.stop().await?;
        Ok(self.address)
    }

    /// Kills the server; the address stays known.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub async fn kill(self) -> anyhow::Result<SocketAddr> {
        self.process.kill().await?;
        Ok(self.address)
    }

    /// What the journal in a folder holds, entry by entry, as JSON.
    ///
    /// # Errors
    /// When there is no journal.
    pub async fn export(data: &Path) -> anyhow::Result<Vec<Value>> {
        let mut command = Command::new(binary()?);
        let output = command
            .args(["journal", "export"])
            .arg(data)
            .output()
            .await?;
        let text = String::from_utf8(output.stdout)?;
        let lines = text.lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .context("the journal is written as JSON")
    }

    /// Starts a server where another was.
    ///
    /// # Errors
    /// As [`Hub::start`].
    pub async fn start_again(address: SocketAddr) -> anyhow::Result<Self> {
        Self::start_at(&address.to_string(), &[]).await
    }

    /// Starts a hub that keeps its journal in a folder, on a free port or where another was.
    ///
    /// # Errors
    /// As [`Hub::start`].
    pub async fn start_keeping(data: &Path, listen: Option<SocketAddr>) -> anyhow::Result<Self> {
        let listen = listen.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
        let mut command = bare(&listen)?;
        command.arg("--data").arg(data);
        Self::launch(command).await
    }

    /// Where it listens, for a raw client.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The table's address.
    #[must_use]
    pub fn table(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn command(listen: &str, flags: &[&str]) -> anyhow::Result<Command> {
    let mut command = bare(listen)?;
    command.arg("--memory").args(flags);
    Ok(command)
}

fn binary() -> anyhow::Result<OsString> {
    std::env::var_os("DUOLOGUE_BIN")
        .context("DUOLOGUE_BIN names no binary; run the browser tests with `cargo xtask test`")
}

fn bare(listen: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(binary()?);
    command.args(["serve", "--listen", listen]);
    Ok(command)
}
