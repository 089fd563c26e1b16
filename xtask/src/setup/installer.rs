//! Runs one noisy installation: a line for the person, the noise for a log.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use xshell::Cmd;

use super::apt::Apt;
use crate::tools::Cache;
use crate::workspace::Workspace;

pub(crate) struct Installer<'a> {
    pub(crate) ws: &'a Workspace,
    pub(crate) cache: Cache,
    pub(crate) apt: Apt,
}

impl<'a> Installer<'a> {
    pub(crate) fn new(ws: &'a Workspace) -> Result<Self> {
        Ok(Self {
            ws,
            cache: Cache::open()?,
            apt: Apt::default(),
        })
    }

    /// Installs `what` by running `cmd`; `duration` says roughly how long that takes.
    pub(crate) fn install(&self, what: &str, duration: &str, cmd: Cmd<'_>) -> Result<()> {
        println!("installing {what}: {duration}");
        let started = Instant::now();
        self.quietly(what, cmd)?;
        println!("installed {what} in {} s", started.elapsed().as_secs());
        Ok(())
    }

    /// Runs `cmd` with its output in a log that is named when it fails.
    pub(crate) fn quietly(&self, name: &str, cmd: Cmd<'_>) -> Result<()> {
        let log = self.cache.log(&name.replace([' ', '/'], "-"));
        if let Some(dir) = log.parent() {
            fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        }
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::from(cmd);
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let program = command.get_program().to_os_string();
        let status = command
            .status()
            .with_context(|| format!("cannot run {}", program.display()))?;
        if !status.success() {
            bail!(
                "{} ended with {status}, log in {}",
                program.display(),
                log.display()
            );
        }
        Ok(())
    }
}
