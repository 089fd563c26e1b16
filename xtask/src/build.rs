//! `cargo xtask build`: the page, then the binary that contains it.

use anyhow::{Context, Result};
use xshell::cmd;

use crate::setup;
use crate::size;
use crate::tools::Tools;
use crate::workspace::Workspace;

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let tools = setup::ensure(ws, setup::PAGE)?;
    build(ws, &tools)
}

pub(crate) fn build(ws: &Workspace, tools: &Tools) -> Result<()> {
    let sh = &ws.sh;
    let page = ws.page();
    let trunk = cmd!(
        sh,
        "trunk build --release --cargo-profile page --dist {page}"
    );
    tools
        .for_page(trunk)?
        .run()
        .context("the page does not build")?;
    size::check(&page)?;
    cmd!(sh, "cargo build --release --package duologue")
        .env("DUOLOGUE_PAGE", &page)
        .run()
        .context("the hub does not build")?;
    println!("built {}", ws.binary().display());
    Ok(())
}
