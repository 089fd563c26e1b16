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

/// The program.
pub(crate) fn ensure(ws: &Workspace) -> Result<PathBuf> {
    let installer = Installer::new(ws)?;
    let program = CARGO_FUZZ.bin(&installer).join("cargo-fuzz");
    if program.is_file() {
        return Ok(program);
    }
    if exact_on_path(CARGO_FUZZ.name, CARGO_FUZZ.version) {
        return Ok(CARGO_FUZZ.name.into());
    }
    CARGO_FUZZ.install(&installer)?;
    installer.cache.remove_build()?;
    Ok(program)
}
