//! A child process that tells where it listens and ends when it is dropped.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// A start that takes longer has failed.
const START: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Held open: a child that writes into a closed pipe would be ended by it.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts `command` and reads its output up to the line in which `find` sees what it looks for.
    pub(crate) async fn start<T>(
        command: &mut Command,
        find: impl Fn(&str) -> Option<T>,
    ) -> anyhow::Result<(Self, T)> {
        let name = command.as_std().get_program().to_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", name.display()))?;
        let output = child.stdout.take().context("a piped output")?;
        let mut lines = BufReader::new(output).lines();
        let found = timeout(START, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(found) = find(&line) {
                    return Ok(found);
                }
            }
            bail!("{} ended before it was ready", name.display())
        })
        .await
        .with_context(|| format!("{} was not ready in time", name.display()))??;
        let process = Self {
            child,
            _output: lines,
        };
        Ok((process, found))
    }

    /// SIGTERM, as a service manager would; `None` when the process is gone already.
    fn terminate(&self) -> Option<()> {
        let id = self.child.id()?.to_string();
        std::process::Command::new("kill").arg(id).status().ok()?;
        Some(())
    }

    /// SIGKILL: nothing is told and nothing is finished.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// Ends the process and waits until it is gone.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.terminate();
        self.child.wait().await?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked, not killed: a driver that is killed leaves its browsers behind.
        self.terminate();
    }
}
