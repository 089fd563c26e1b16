//! `cargo xtask build`: the page, then the binary that contains it.

use std::path::Path;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::setup;
use crate::size;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// Tells the hub's build which page to embed.
pub(crate) const PAGE: &str = "DUOLOGUE_PAGE";

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
    hub(ws, Some(&page))?;
    println!("built {}", ws.binary().display());
    Ok(())
}

/// The hub alone, with `page` in it; without one it says how to build it.
pub(crate) fn hub(ws: &Workspace, page: Option<&Path>) -> Result<()> {
    let sh = &ws.sh;
    let mut build = cmd!(sh, "cargo build --release --package duologue").env_remove(PAGE);
    if let Some(page) = page {
        build = build.env(PAGE, page);
    }
    build.run().context("the hub does not build")
}
