//! cargo-fuzz, which builds and runs the fuzz targets. Only `cargo xtask fuzz` needs it.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_install::Tool;
use super::installer::Installer;
use crate::tools::exact_on_path;
use crate::workspace::Workspace;

const CARGO_FUZZ: Tool<'_> = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
    flags: &[],
    duration: "built from source, about a minute on two cores, once per machine",
};

/// The folder to put on PATH; none when PATH has it already.
pub(crate) fn ensure(ws: &Workspace) -> Result<Option<PathBuf>> {
    let installer = Installer::new(ws)?;
    let bin = CARGO_FUZZ.bin(&installer);
    if bin.join("cargo-fuzz").is_file() {
        return Ok(Some(bin));
    }
    if exact_on_path(CARGO_FUZZ.name, CARGO_FUZZ.version) {
        return Ok(None);
    }
    let bin = CARGO_FUZZ.install(&installer)?;
    installer.cache.remove_build()?;
    Ok(Some(bin))
}
