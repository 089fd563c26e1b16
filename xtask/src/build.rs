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

pub(crate) fn run(ws: &Workspace, with_static: bool) -> Result<()> {
    let tools = setup::ensure(ws, setup::PAGE)?;
    build(ws, &tools)?;
    if with_static {
        static_hub(ws)?;
    }
    Ok(())
}

pub(crate) fn build(ws: &Workspace, tools: &Tools) -> Result<()> {
    let sh = &ws.sh;
    let page = ws.page();
    let trunk = cmd!(
        sh,
        "trunk build --release --cargo-profile page --dist {page}"
    );
    tools
        .for_release_page(trunk)?
        .run()
        .context("the page does not build")?;
    size::check(&page, &[ws.root.join("frontend/sw.js")])?;
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

/// The hub once more, with the C library linked in. Built for the machine's own target by name, so that what runs during
/// the build, such as macros, is built as always.
fn static_hub(ws: &Workspace) -> Result<()> {
    let sh = &ws.sh;
    let target = cmd!(sh, "rustc --print host-tuple").read()?;
    cmd!(
        sh,
        "cargo build --release --package duologue --target {target}"
    )
    .env(PAGE, ws.page())
    .env("RUSTFLAGS", "-C target-feature=+crt-static")
    .run()
    .context(
        "the static hub does not build; on Debian the C library's static form is in libc6-dev",
    )?;
    let built = ws.target.join(&target).join("release/duologue");
    let binary = ws.release("duologue-static");
    sh.copy_file(built, &binary)?;
    println!("built {}", binary.display());
    Ok(())
}
