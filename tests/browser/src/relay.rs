//! A relay for paths from browser to browser: a real TURN server (coturn), for one scene.

use std::path::Path;

use tokio::process::Command;

use crate::process::Process;

/// Where a test's own network has an address; see [`namespace`](crate::namespace).
const ADDRESS: &str = "10.20.0.1";

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    _process: Process,
}

impl Relay {
    /// Starts a relay in a test's own network that lets in whoever has a password made with `secret`. `folder`: where it
    /// may write.
    ///
    /// # Errors
    /// When coturn is not there, or does not start.
    pub async fn start(secret: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new("turnserver");
        command
            .args([
                "-n",
                "--no-cli",
                "--no-tls",
                "--no-dtls",
                "--log-file",
                "stdout",
            ])
            .args(["--listening-ip", ADDRESS, "--relay-ip", ADDRESS])
            .args(["--realm", "duologue.test", "--use-auth-secret"])
            .args(["--static-auth-secret", secret])
            .arg("--userdb")
            .arg(folder.join("users"))
            .arg("--pidfile")
            .arg(folder.join("pid"));
        // The last thing it tells before it serves.
        let serves = |line: &str| line.contains("SQLite DB connection success").then_some(());
        let (process, ()) = Process::start(&mut command, serves).await?;
        Ok(Self { _process: process })
    }

    /// Its URL (RFC 7065).
    #[must_use]
    pub fn url() -> String {
        format!("turn:{ADDRESS}:3478?transport=udp")
    }
}
