//! The C compiler, for crates with C inside. Whoever runs this has a linker already; a compiler may still be missing.

use anyhow::{Context, Result};

use super::installer::Installer;
use crate::tools::find_on_path;

pub(crate) fn ensure(installer: &Installer<'_>) -> Result<()> {
    if find_on_path(&["cc"]).is_some() {
        return Ok(());
    }
    installer
        .apt
        .install(installer, &["build-essential"], "about a minute")
        .context("a C compiler, try `sudo apt-get install build-essential`")
}
