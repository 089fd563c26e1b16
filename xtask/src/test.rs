//! `cargo xtask test`: all that must pass, in one order, stopping at the first failure.

use std::time::Instant;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::build;
use crate::setup::{self, Need};
use crate::tidy;
use crate::tools::Tools;
use crate::workspace::Workspace;

pub(crate) fn run(ws: &Workspace, skip_browser: bool) -> Result<()> {
    let started = Instant::now();
    let sh = &ws.sh;
    let tools = step("set-up", || setup::ensure(ws, &needs(skip_browser)))?;
    step("tidy", || tidy::run(ws))?;
    step("format", || Ok(cmd!(sh, "cargo fmt --all --check").run()?))?;
    step("clippy, native", || {
        Ok(cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
    })?;
    step("clippy, wasm32", || clippy_wasm(ws, &tools))?;
    step("docs", || {
        let doc = cmd!(
            sh,
            "cargo doc --workspace --no-deps --document-private-items"
        );
        Ok(doc.env("RUSTDOCFLAGS", "-D warnings").run()?)
    })?;
    step("tests", || {
        let test = cmd!(
            sh,
            "cargo test --workspace --exclude browser-tests --exclude fault-tests"
        );
        Ok(tools.for_tests(test).run()?)
    })?;
    step("build", || build::build(ws, &tools))?;
    step("faults", || {
        let test = cmd!(sh, "cargo test -p fault-tests").env("DUOLOGUE_BIN", ws.binary());
        Ok(tools.for_tests(test).run()?)
    })?;
    if skip_browser {
        println!("\n== browser tests: skipped, as asked");
    } else {
        step("browser tests", || browser_tests(ws, &tools))?;
    }
    println!("\nall passed in {}", duration(started));
    Ok(())
}

fn needs(skip_browser: bool) -> Vec<Need> {
    let tests = setup::TESTS
        .iter()
        .filter(|need| !skip_browser || !setup::BROWSER.contains(need));
    setup::PAGE.iter().chain(tests).copied().collect()
}

fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n== {name}");
    let started = Instant::now();
    let done = work().with_context(|| format!("{name} failed after {}", duration(started)))?;
    println!("== {name}: ok in {}", duration(started));
    Ok(done)
}

fn clippy_wasm(ws: &Workspace, tools: &Tools) -> Result<()> {
    if !tools.wasm.has_clippy() {
        println!("skipped: Debian's compiler builds the page here, and no clippy matches it");
        return Ok(());
    }
    let sh = &ws.sh;
    cmd!(
        sh,
        "cargo clippy -p shared -p frontend --target wasm32-unknown-unknown -- -D warnings"
    )
    .run()?;
    Ok(())
}

fn browser_tests(ws: &Workspace, tools: &Tools) -> Result<()> {
    let sh = &ws.sh;
    let test = cmd!(sh, "cargo test -p browser-tests").env("DUOLOGUE_BIN", ws.binary());
    tools.for_tests(test).run()?;
    Ok(())
}

fn duration(started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    format!("{} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
}
