//! Installs Debian packages where that is possible without asking anyone.

use std::cell::Cell;

use anyhow::{Result, bail};
use xshell::{Cmd, cmd};

use super::installer::Installer;
use crate::tools::find_on_path;
use crate::workspace::Workspace;

/// Remembers that the package lists are fresh, so that they are fetched once per run.
#[derive(Default)]
pub(crate) struct Apt {
    updated: Cell<bool>,
}

impl Apt {
    /// Fails without a trace when there is no apt-get or no right to use it.
    pub(crate) fn install(
        &self,
        installer: &Installer<'_>,
        packages: &[&str],
        duration: &str,
    ) -> Result<()> {
        let ws = installer.ws;
        if find_on_path(&["apt-get"]).is_none() {
            bail!("there is no apt-get here");
        }
        let rights = rights(ws)?;
        if !self.updated.replace(true) {
            println!("refreshing the package lists: some seconds");
            // Stale lists may still do, and when they don't, the installation says so.
            let _ = installer.quietly("apt-get update", apt_get(ws, rights).arg("update"));
        }
        let cmd = apt_get(ws, rights)
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages);
        installer.install(&packages.join(" "), duration, cmd)
    }
}

/// A program and words to put in front of a command that changes the system.
fn rights(ws: &Workspace) -> Result<&'static [&'static str]> {
    let sh = &ws.sh;
    let id = cmd!(sh, "id -u").quiet().ignore_stderr().read();
    if id.is_ok_and(|id| id == "0") {
        return Ok(&["env"]);
    }
    let asks_nothing = find_on_path(&["sudo"]).is_some()
        && cmd!(sh, "sudo -n true")
            .quiet()
            .ignore_stdout()
            .ignore_stderr()
            .run()
            .is_ok();
    if !asks_nothing {
        bail!("neither root nor sudo without a password");
    }
    Ok(&["sudo", "-n", "env"])
}

fn apt_get<'a>(ws: &'a Workspace, rights: &[&str]) -> Cmd<'a> {
    // The variable is set by `env` because sudo does not hand variables on.
    ws.sh.cmd(rights[0]).args(&rights[1..]).args([
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=120",
    ])
}
