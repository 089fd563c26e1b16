//! The server and the load of another version, built from a checkout that lives only that long.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use super::Binaries;
use crate::build;
use crate::workspace::Workspace;

const LOAD: &str = "relay-bench";
const LOAD_MANIFEST: &str = "tests/bench/Cargo.toml";

/// Both binaries of `revision`, kept under `target/bench/<commit>`: a commit is built once.
pub(crate) fn build(ws: &Workspace, revision: &str) -> Result<Binaries> {
    let commit = commit(ws, revision)?;
    let home = ws.target.join("bench").join(&commit);
    let kept = |name| home.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    let binaries = Binaries {
        server: kept("duologue"),
        load: kept(LOAD),
    };
    if binaries.server.is_file() && binaries.load.is_file() {
        return Ok(binaries);
    }
    println!("building {revision} ({commit})");
    let source = home.join("source");
    // An earlier run may have been interrupted.
    discard(ws, &source)?;
    let built = check_out(ws, &source, &commit).and_then(|()| compile(ws, &source, &binaries));
    discard(ws, &source)?;
    built.with_context(|| format!("{revision} cannot be built"))?;
    Ok(binaries)
}

/// The commit that `revision` names, if it has what is needed.
fn commit(ws: &Workspace, revision: &str) -> Result<String> {
    let sh = &ws.sh;
    let name = format!("{revision}^{{commit}}");
    let commit = cmd!(
        sh,
        "git rev-parse --verify --quiet --short=12 --end-of-options {name}"
    )
    .quiet()
    .ignore_status()
    .read()?;
    ensure!(!commit.is_empty(), "git knows no {revision}");
    let manifest = format!("{commit}:{LOAD_MANIFEST}");
    let has_load = cmd!(sh, "git cat-file -e {manifest}")
        .quiet()
        .ignore_stderr()
        .run();
    if has_load.is_err() {
        bail!("{revision} has no load of its own ({LOAD_MANIFEST}), so it cannot be compared with");
    }
    Ok(commit)
}

fn check_out(ws: &Workspace, source: &Path, commit: &str) -> Result<()> {
    let sh = &ws.sh;
    // Forced: a folder that was removed by hand may still be on git's list.
    cmd!(
        sh,
        "git worktree add --quiet --force --detach {source} {commit}"
    )
    .run()?;
    Ok(())
}

/// Builds with the libraries of earlier builds, and moves the binaries to where they stay.
fn compile(ws: &Workspace, source: &Path, binaries: &Binaries) -> Result<()> {
    let sh = &ws.sh;
    let target = ws.target.join("bench").join("build");
    let there = sh.push_dir(source);
    for (package, binary) in [("duologue", &binaries.server), (LOAD, &binaries.load)] {
        cmd!(sh, "cargo build --release --package {package}")
            .env("CARGO_TARGET_DIR", &target)
            .env_remove(build::PAGE)
            .run()?;
        let built: PathBuf = target
            .join("release")
            .join(binary.file_name().context("a binary has a name")?);
        // Moved, not copied: what has this name is whole.
        fs::rename(&built, binary).with_context(|| format!("cannot keep {}", built.display()))?;
    }
    drop(there);
    Ok(())
}

/// Removes the checkout and git's note of it.
fn discard(ws: &Workspace, source: &Path) -> Result<()> {
    if !source.exists() {
        return Ok(());
    }
    let sh = &ws.sh;
    // Twice: it may be locked, which git does while it checks out.
    let removed = cmd!(sh, "git worktree remove --force --force {source}")
        .quiet()
        .ignore_stderr()
        .run();
    if removed.is_err() {
        // Git knows nothing of it, so that it is only a folder.
        fs::remove_dir_all(source)
            .with_context(|| format!("cannot remove {}", source.display()))?;
    }
    Ok(())
}
