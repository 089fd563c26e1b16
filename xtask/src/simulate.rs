//! `cargo xtask simulate`: many seeds of `tests/simulation`, or one of them in full.

use anyhow::{Context, Result};
use xshell::cmd;

use crate::flags::Simulate;
use crate::workspace::Workspace;

pub(crate) fn run(ws: &Workspace, flags: &Simulate) -> Result<()> {
    let sh = &ws.sh;
    let commit = cmd!(sh, "git describe --always --dirty --exclude *")
        .quiet()
        .ignore_stderr()
        .read()
        .unwrap_or_else(|_| "no commit".to_owned());
    let (seeds, seed) = (flags.seeds.to_string(), flags.seed.to_string());
    let trace = flags.trace.then_some("--trace");
    cmd!(
        sh,
        "cargo run --quiet --profile simulation --package simulation -- --seeds {seeds} --seed {seed} {trace...}"
    )
    .quiet()
    .run()
    .with_context(|| format!("the simulation of {commit} found something"))
}
