//! The Autobahn test suite for WebSockets, where there is a Python 2.7: it was never brought to Python 3.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use xshell::cmd;

use super::installer::Installer;
use crate::tools::find_on_path;
use crate::workspace::Workspace;

const VERSION: &str = "0.8.2";

/// What runs the suite.
pub(crate) struct Suite {
    pub(crate) python: PathBuf,
    /// The folder its packages are in.
    pub(crate) packages: PathBuf,
}

/// The suite, installed where it is not yet.
pub(crate) fn ensure(ws: &Workspace) -> Result<Suite> {
    let python = python().context(
        "the Autobahn suite needs a Python 2.7 and there is none here: \
         try `pyenv install 2.7.18`, or put a `python2.7` on PATH",
    )?;
    let installer = Installer::new(ws)?;
    let packages = installer.cache.tool("autobahntestsuite", VERSION);
    let sh = &ws.sh;
    // Without this file Python 2 does not find zope.interface outside its own folder. It is written last, so that half
    // an installation is never taken for a whole one.
    let stamp = packages.join("zope/__init__.py");
    if !stamp.is_file() {
        sh.remove_path(&packages)?;
        let suite = format!("autobahntestsuite=={VERSION}");
        let pip = cmd!(
            sh,
            "{python} -m pip install --disable-pip-version-check --target {packages} {suite}"
        );
        let what = format!("autobahntestsuite {VERSION}");
        installer
            .install(&what, "about a minute", pip)
            .with_context(|| format!("{what} for {}", python.display()))?;
        sh.write_file(stamp, "")?;
    }
    Ok(Suite { python, packages })
}

fn python() -> Option<PathBuf> {
    let on_path = ["python2.7", "python2"]
        .iter()
        .filter_map(|name| find_on_path(&[name]));
    on_path
        .chain(of_pyenv().unwrap_or_default())
        .find(|python| is_python_2_7(python))
}

/// Those that pyenv has installed, of which PATH may show none.
fn of_pyenv() -> Option<Vec<PathBuf>> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(env::home_dir()?.join(".pyenv")))?;
    let versions = root.join("versions").read_dir().ok()?;
    let pythons = versions
        .flatten()
        .filter(|version| version.file_name().to_string_lossy().starts_with("2.7."))
        .map(|version| version.path().join("bin/python"));
    Some(pythons.collect())
}

/// A name proves nothing: pyenv puts one on PATH that only says where others are.
fn is_python_2_7(python: &Path) -> bool {
    let tell = "import sys, pip; sys.stdout.write('%d.%d' % sys.version_info[:2])";
    let told = Command::new(python).args(["-c", tell]).output();
    told.is_ok_and(|output| output.status.success() && output.stdout == b"2.7")
}
