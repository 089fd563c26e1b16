//! coturn, the relay by which browsers reach each other in one of the tests.

use anyhow::{Context, Result};

use super::installer::Installer;
use crate::tools::find_on_path;

pub(crate) fn ensure(installer: &Installer<'_>) -> Result<()> {
    if find_on_path(&["turnserver"]).is_some() || cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    installer
        .apt
        .install(installer, &["coturn"], "some seconds")
        .context("coturn, try `sudo apt-get install coturn`")
}
