//! `cargo xtask dev`: hub and page side by side, until either ends.

use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, cmd};

use crate::setup;
use crate::workspace::Workspace;

const POLL: Duration = Duration::from_millis(100);

/// How long the hub may take to flush before it is killed.
const GRACE: Duration = Duration::from_secs(5);

struct Running {
    name: &'static str,
    child: Child,
}

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let tools = setup::ensure(ws, setup::PAGE)?;
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        // A failed send means that the end has begun already.
        let _ = stop.send(());
    })?;

    let sh = &ws.sh;
    // Not the person's own: what is tried out here is not what they said to somebody.
    let data = ws.target.join("dev-journal");
    let hub = cmd!(
        sh,
        // The page comes from trunk there, and its sockets are to be taken.
        "cargo run --package duologue -- serve --listen 127.0.0.1:8080 --public-url http://127.0.0.1:8081 --demo --data {data}"
    );
    let page = tools.for_page(cmd!(sh, "trunk serve"))?;
    let mut running = vec![start("the hub", hub)?];
    let outcome = start("the page", page).and_then(|page| {
        running.push(page);
        println!(
            "open http://127.0.0.1:8081 in two windows once both have built, or /faults there in one; Ctrl-C ends both"
        );
        wait_for_end(&mut running, &stopped)
    });
    for one in &mut running {
        one.end();
    }
    outcome
}

fn start(name: &'static str, cmd: Cmd<'_>) -> Result<Running> {
    let child = Command::from(cmd)
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    Ok(Running { name, child })
}

/// Returns when asked to stop; fails when one of them ended by itself.
fn wait_for_end(running: &mut [Running], stopped: &Receiver<()>) -> Result<()> {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(POLL) {
        for one in &mut *running {
            if let Some(status) = one.child.try_wait()? {
                bail!("{} ended with {status}", one.name);
            }
        }
    }
    Ok(())
}

impl Running {
    /// Asks politely, because the hub has entries to flush, then insists.
    fn end(&mut self) {
        let pid = self.child.id().to_string();
        let asked = !self.has_ended() && Command::new("kill").arg(&pid).status().is_ok();
        let deadline = Instant::now() + GRACE;
        let (_never, wait) = mpsc::channel::<()>();
        while asked && !self.has_ended() && Instant::now() < deadline {
            let _ = wait.recv_timeout(POLL);
        }
        if !self.has_ended() {
            // Only fails when it has ended in between.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}
