//! Where tools live, and the environment that lets child processes find them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use xshell::Cmd;

use crate::setup::{Browser, WasmToolchain};

/// The user's cache folder: tools, the Python environment, logs. Shared by all checkouts.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    pub(crate) fn open() -> Result<Self> {
        let non_empty = |name| {
            env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let root = non_empty("DUOLOGUE_CACHE")
            .or_else(|| Some(non_empty("XDG_CACHE_HOME")?.join("duologue")))
            .or_else(|| Some(env::home_dir()?.join(".cache/duologue")))
            .context("no home folder: set DUOLOGUE_CACHE to a folder for tools")?;
        Ok(Self {
            root: std::path::absolute(root)?,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn tool(&self, name: &str, version: &str) -> PathBuf {
        self.root.join("tools").join(format!("{name}-{version}"))
    }

    pub(crate) fn python(&self) -> PathBuf {
        self.root.join("python")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// Shared by the tools built from source, so that their common crates are compiled once.
    pub(crate) fn build(&self) -> PathBuf {
        self.root.join("build")
    }

    /// Compiled tools need their build folder no more, and it is large.
    pub(crate) fn remove_build(&self) -> Result<()> {
        match fs::remove_dir_all(self.build()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.build().display()))
            }
            _ => Ok(()),
        }
    }
}

/// What set-up found or installed, for the commands that use it.
#[derive(Default)]
pub(crate) struct Tools {
    /// Folders that go in front of PATH.
    pub(crate) dirs: Vec<PathBuf>,
    pub(crate) wasm: WasmToolchain,
    pub(crate) browser: Option<Browser>,
    pub(crate) python: Option<PathBuf>,
}

impl Tools {
    /// Lets `cmd`, which compiles or serves the page, find the right tools and the right compiler.
    pub(crate) fn for_page<'a>(&self, cmd: Cmd<'a>) -> Result<Cmd<'a>> {
        Ok(cmd
            .env("PATH", self.path()?)
            .envs(self.wasm.env())
            .env("TRUNK_SKIP_VERSION_CHECK", "true")
            // trunk 0.21 reads NO_COLOR as a boolean and refuses the usual `NO_COLOR=1`.
            .env_remove("NO_COLOR"))
    }

    /// The same for `cmd` that builds the page for release, as small as the compiler can make it.
    pub(crate) fn for_release_page<'a>(&self, cmd: Cmd<'a>) -> Result<Cmd<'a>> {
        Ok(self
            .for_page(cmd)?
            .envs(self.wasm.release_env().iter().copied()))
    }

    /// Tells the tests in `cmd` where browser and Python are.
    pub(crate) fn for_tests<'a>(&self, mut cmd: Cmd<'a>) -> Cmd<'a> {
        if let Some(browser) = &self.browser {
            cmd = cmd
                .env("CHROMIUM", &browser.chromium)
                .env("CHROMEDRIVER", &browser.driver);
        }
        if let Some(python) = &self.python {
            cmd = cmd.env("DUOLOGUE_PYTHON", python);
        }
        cmd
    }

    fn path(&self) -> Result<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let all = self
            .dirs
            .iter()
            .cloned()
            .chain(env::split_paths(&inherited));
        Ok(env::join_paths(all)?)
    }
}

/// The first of `names` that PATH holds.
pub(crate) fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        env::split_paths(&path)
            .map(|dir| dir.join(&file))
            .find(|path| path.is_file())
    })
}

/// What `program --version` prints, if it runs.
pub(crate) fn version_output(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether PATH holds `name` in exactly this version.
pub(crate) fn exact_on_path(name: &str, version: &str) -> bool {
    find_on_path(&[name])
        .and_then(|program| version_output(&program))
        .is_some_and(|output| output.split_whitespace().any(|word| word == version))
}
