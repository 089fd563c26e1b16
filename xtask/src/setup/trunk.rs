//! trunk, which turns the frontend crate into a page.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_install::Tool;
use super::installer::Installer;
use crate::tools::exact_on_path;

const TRUNK: Tool<'_> = Tool {
    name: "trunk",
    version: "0.21.14",
    // No update check: it would ask the network. rustls: no OpenSSL headers needed.
    flags: &["--no-default-features", "--features", "rustls"],
    duration: "built from source, about 6 minutes on two cores, once per machine",
};

/// The folder to put on PATH; none when PATH has trunk already.
pub(crate) fn ensure(installer: &Installer<'_>) -> Result<Option<PathBuf>> {
    let bin = TRUNK.bin(installer);
    if bin.join("trunk").is_file() {
        return Ok(Some(bin));
    }
    if exact_on_path(TRUNK.name, TRUNK.version) {
        return Ok(None);
    }
    TRUNK.install(installer).map(Some)
}
