//! `cargo xtask faults`: kills the real server under load, as often as asked for.

use std::time::Instant;

use anyhow::Result;
use xshell::cmd;

use crate::flags::Faults;
use crate::workspace::Workspace;

pub(crate) fn run(ws: &Workspace, flags: &Faults) -> Result<()> {
    let sh = &ws.sh;
    let kills = flags.kills.to_string();
    let started = Instant::now();
    cmd!(
        sh,
        "cargo test --package fault-tests --test kills no_kill_loses"
    )
    .env("DUOLOGUE_KILLS", kills)
    .run()?;
    println!("in {:.0} s with the build", started.elapsed().as_secs_f64());
    Ok(())
}
