//! `ip`, which gives the browser tests a network of their own. Only Linux has such networks.

use std::path::Path;

use anyhow::{Context, Result};

use super::installer::Installer;
use crate::tools::find_on_path;

pub(crate) fn ensure(installer: &Installer<'_>) -> Result<()> {
    // Not on everybody's PATH.
    let is_here = find_on_path(&["ip"]).is_some() || Path::new("/usr/sbin/ip").is_file();
    if is_here || cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    installer
        .apt
        .install(installer, &["iproute2"], "some seconds")
        .context("ip, try `sudo apt-get install iproute2`")
}
