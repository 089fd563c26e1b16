//! What is measured, as a process of its own on a core of its own.

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// A start that takes longer has failed.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// Open files besides the load's sockets.
const SPARE_FILES: u64 = 64;

/// Of one address: more than any load has, since the bytes that the server takes from an address grow with it.
const MANY_CONNECTIONS: &str = "100000";

const NO_TASKSET: &str = "cannot run taskset, which pins the server and the load to cores of their own; it is part of util-linux (on Debian: sudo apt-get install util-linux)";

/// A running server or relay; it ends with this value.
#[derive(Debug)]
pub struct Target {
    child: Child,
    /// Held open: a child that writes into a closed pipe would be ended by it.
    _output: Lines<BufReader<ChildStdout>>,
    address: SocketAddr,
}

/// How the server is started.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Its binary.
    pub binary: &'a Path,
    /// The folder of its journal; in memory without.
    pub data: Option<&'a Path>,
    /// So many rooms from the load's one address; the usual limits without.
    pub rooms: Option<u32>,
    /// Its core.
    pub core: u32,
}

impl Start<'_> {
    /// Starts it, on any port.
    ///
    /// # Errors
    /// As [`Start::at`].
    pub async fn anywhere(&self) -> Result<Target> {
        self.at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts it at an address.
    ///
    /// # Errors
    /// When it does not become ready, or `taskset` is missing.
    pub async fn at(&self, address: SocketAddr) -> Result<Target> {
        let address = address.to_string();
        let rooms = self.rooms.map(|rooms| rooms.to_string());
        let data = self.data.map(|data| data.display().to_string());
        let mut flags = vec!["serve", "--listen", &address];
        match &data {
            Some(data) => flags.extend(["--data", data]),
            None => flags.push("--memory"),
        }
        if let Some(rooms) = &rooms {
            // All of the load comes from one address.
            let more = [
                "--connections-per-address",
                MANY_CONNECTIONS,
                "--rooms-per-address",
                rooms,
            ];
            flags.extend(more);
        }
        Target::start(self.binary, &flags, self.core).await
    }
}

impl Target {
    /// Starts the relay: this very program, asked for it.
    ///
    /// # Errors
    /// As [`Start::at`].
    pub async fn relay(core: u32, acks: bool) -> Result<Self> {
        let myself = std::env::current_exe().context("cannot find this program")?;
        let flags: &[&str] = if acks {
            &["relay", "--acks"]
        } else {
            &["relay"]
        };
        Self::start(&myself, flags, core).await
    }

    /// Ends it without a word of warning, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("cannot be killed")
    }

    async fn start(binary: &Path, flags: &[&str], core: u32) -> Result<Self> {
        let name = binary.display();
        ensure!(binary.is_file(), "there is no {name}; build it first");
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", &core.to_string()]);
        command.arg(binary).args(flags);
        // What the person at the machine set for a server of their own is not meant for this one.
        for (variable, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(variable);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.context(NO_TASKSET)?;
        let output = child.stdout.take().context("a piped output")?;
        let mut lines = BufReader::new(output).lines();
        let address = timeout(READY_WITHIN, first_address(&mut lines))
            .await
            .with_context(|| format!("{name} was not ready in time"))?
            .with_context(|| format!("{name} does not start on core {core}"))?;
        Ok(Self {
            child,
            _output: lines,
            address,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process: `taskset` has become it.
    ///
    /// # Errors
    /// When it has ended.
    pub fn process(&self) -> Result<u32> {
        self.child.id().context("what is measured has ended")
    }
}

/// Puts this process, which has only its first thread yet, on one core.
///
/// # Errors
/// When there is no such core, or `taskset` is missing.
pub fn pin_myself(core: u32) -> Result<()> {
    let pinned = std::process::Command::new("taskset")
        .args(["--cpu-list", "--pid", &core.to_string()])
        .arg(std::process::id().to_string())
        .stdout(Stdio::null())
        .status()
        .context(NO_TASKSET)?;
    ensure!(
        pinned.success(),
        "there is no core {core} to pin the load to; the benchmark needs two"
    );
    Ok(())
}

/// Allows this process, and what it starts, as many open files as the load has sockets.
///
/// # Errors
/// When the machine does not allow so many.
pub fn allow_sockets(sockets: u32) -> Result<()> {
    let wanted = u64::from(sockets) + SPARE_FILES;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        setrlimit(Resource::Nofile, limit).with_context(|| {
            format!("{sockets} sockets take {wanted} open files; raise `ulimit -Hn`, or take fewer")
        })?;
    }
    Ok(())
}

fn is_ours(variable: &OsStr) -> bool {
    variable.to_string_lossy().starts_with("DUOLOGUE_")
}

async fn first_address(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<SocketAddr> {
    let Some(line) = lines.next_line().await? else {
        bail!("it ended without a word");
    };
    address_in(&line).with_context(|| format!("no address in {line:?}"))
}

/// The address in a line such as `Duologue is ready. Open http://127.0.0.1:8080 in two browsers.`
fn address_in(line: &str) -> Option<SocketAddr> {
    line.split_whitespace()
        .find_map(|word| word.split_once("://")?.1.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_greeting() {
        let greeting = "Duologue is ready. Open http://127.0.0.1:8080 in two browsers.";
        assert_eq!(address_in(greeting), "127.0.0.1:8080".parse().ok());
        assert_eq!(address_in("ws://127.0.0.1:9"), "127.0.0.1:9".parse().ok());
        assert_eq!(address_in("error: no"), None);
    }

    #[test]
    fn only_the_servers_own_variables_are_kept_from_it() {
        assert!(is_ours(OsStr::new("DUOLOGUE_PUBLIC_URL")));
        assert!(!is_ours(OsStr::new("PATH")));
    }
}
