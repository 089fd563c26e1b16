//! Chromium and its driver, for the tests in real browsers.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::installer::Installer;
use crate::tools::find_on_path;

pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

const PACKAGES: &[&str] = &["chromium", "chromium-driver"];

pub(crate) fn ensure(installer: &Installer<'_>) -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    let by_hand = "Chromium and chromedriver, try `sudo apt-get install chromium chromium-driver` \
                   or set CHROMIUM and CHROMEDRIVER";
    installer
        .apt
        .install(installer, PACKAGES, "about a minute")
        .context(by_hand)?;
    find()?.context(by_hand)
}

fn find() -> Result<Option<Browser>> {
    let chromium = program(
        "CHROMIUM",
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ],
    )?;
    let driver = program("CHROMEDRIVER", &["chromedriver"])?;
    Ok(chromium
        .zip(driver)
        .map(|(chromium, driver)| Browser { chromium, driver }))
}

/// The program that `variable` names, else the first of `names` on PATH.
fn program(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
    else {
        return Ok(find_on_path(names));
    };
    ensure!(
        path.is_file(),
        "{variable} is set to {}, which is no file",
        path.display()
    );
    Ok(Some(path))
}
