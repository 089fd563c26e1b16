//! wasm-bindgen's program, in exactly the version that Cargo.lock holds of its library.

use std::path::PathBuf;

use anyhow::{Context, Result};
use xshell::cmd;

use super::cargo_install::Tool;
use super::installer::Installer;
use crate::lockfile;
use crate::tools::exact_on_path;
use crate::workspace::Workspace;

/// The folder to put on PATH; none when PATH has the right version already.
pub(crate) fn ensure(installer: &Installer<'_>) -> Result<Option<PathBuf>> {
    let version = locked_version(installer.ws)?;
    let tool = Tool {
        name: "wasm-bindgen-cli",
        version: &version,
        flags: &[],
        duration: "built from source, about 3 minutes on two cores, once per machine",
    };
    let bin = tool.bin(installer);
    if bin.join("wasm-bindgen").is_file() {
        return Ok(Some(bin));
    }
    if exact_on_path("wasm-bindgen", &version) {
        return Ok(None);
    }
    tool.install(installer).map(Some)
}

fn locked_version(ws: &Workspace) -> Result<String> {
    let path = ws.root.join("Cargo.lock");
    if !path.exists() {
        let sh = &ws.sh;
        cmd!(sh, "cargo generate-lockfile").quiet().run()?;
    }
    let lock = ws.sh.read_file(path)?;
    lockfile::version_of(&lock, "wasm-bindgen").context("cannot tell which wasm-bindgen fits")
}
