//! `cargo xtask run`: builds, then becomes the server.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::build;
use crate::workspace::Workspace;

pub(crate) fn run(ws: &Workspace, args: &[OsString]) -> Result<()> {
    build::run(ws, false)?;
    let binary = ws.binary();
    let mut serve = Command::new(&binary);
    serve.arg("serve").args(args);
    become_it(&mut serve).with_context(|| format!("cannot run {}", binary.display()))
}

/// Replaces this process, so that signals reach the server itself. Returns only on failure.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    anyhow::ensure!(status.success(), "the server ended with {status}");
    Ok(())
}
