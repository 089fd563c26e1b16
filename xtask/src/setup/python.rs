//! A Python with what the documented sample client imports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use super::installer::Installer;
use crate::tools::find_on_path;

const REQUIREMENTS: &str = "websockets==17.4\npynacl==1.6.2\n";

/// The interpreter of the cached environment.
pub(crate) fn ensure(installer: &Installer<'_>) -> Result<PathBuf> {
    let venv = installer.cache.python();
    let python = venv.join("bin/python");
    // Written last, so that half an environment is never taken for a whole one.
    let stamp = venv.join("requirements.txt");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|done| done == REQUIREMENTS) {
        return Ok(python);
    }
    make_venv(installer, &venv)
        .context("Python with venv, try `sudo apt-get install python3 python3-venv`")?;
    let sh = &installer.ws.sh;
    let packages = REQUIREMENTS.lines();
    let pip = cmd!(
        sh,
        "{python} -m pip install --disable-pip-version-check {packages...}"
    );
    installer
        .install("Python packages", "about 10 seconds", pip)
        .with_context(|| {
            format!(
                "Python packages, try `{} -m pip install websockets pynacl`",
                python.display()
            )
        })?;
    sh.write_file(stamp, REQUIREMENTS)?;
    Ok(python)
}

fn make_venv(installer: &Installer<'_>, venv: &Path) -> Result<()> {
    let sh = &installer.ws.sh;
    let attempt = |python: &Path| {
        // Leftovers of another interpreter would be mixed in.
        sh.remove_path(venv)?;
        installer.quietly("python venv", cmd!(sh, "{python} -m venv {venv}"))
    };
    if find_on_path(&["python3"]).is_some_and(|python| attempt(&python).is_ok()) {
        return Ok(());
    }
    installer
        .apt
        .install(installer, &["python3", "python3-venv"], "about 20 seconds")?;
    // Another python3 may stand before Debian's on PATH, and has just failed.
    attempt(Path::new("/usr/bin/python3"))
}
