//! Builds a tool from its crate into the cache.

use std::path::PathBuf;

use anyhow::{Context, Result};
use xshell::{Cmd, cmd};

use super::installer::Installer;

/// A tool on crates.io, pinned.
pub(crate) struct Tool<'a> {
    pub(crate) name: &'a str,
    pub(crate) version: &'a str,
    pub(crate) flags: &'a [&'a str],
    /// Roughly how long the build takes, in words.
    pub(crate) duration: &'a str,
}

impl Tool<'_> {
    /// The folder its programs are in once it is installed.
    pub(crate) fn bin(&self, installer: &Installer<'_>) -> PathBuf {
        installer.cache.tool(self.name, self.version).join("bin")
    }

    pub(crate) fn install(&self, installer: &Installer<'_>) -> Result<PathBuf> {
        let Self {
            name,
            version,
            duration,
            ..
        } = self;
        let what = format!("{name} {version}");
        installer
            .install(&what, duration, self.command(installer, &["--locked"]))
            .or_else(|_| {
                // Its lock file may name a crate that was yanked or no longer compiles.
                let what = format!("{what} with newer dependencies");
                installer.install(&what, duration, self.command(installer, &[]))
            })
            .with_context(|| {
                format!("{what} cannot be built, try `cargo install --locked {name} --version {version}`")
            })?;
        Ok(self.bin(installer))
    }

    fn command<'a>(&self, installer: &'a Installer<'_>, locked: &[&str]) -> Cmd<'a> {
        let sh = &installer.ws.sh;
        let Self { name, version, .. } = self;
        let root = installer.cache.tool(name, version);
        cmd!(sh, "cargo install {name} --version {version} --root {root}")
            .args(locked)
            .args(self.flags)
            .env("CARGO_TARGET_DIR", installer.cache.build())
            // These tools run for seconds but are compiled on every new machine: with the releases'
            // own settings trunk takes ten minutes on two cores, with these six, and is no slower
            // where it counts, in waiting for cargo.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            // Whatever this project's builds are told does not concern the tools.
            .env_remove("CARGO_BUILD_TARGET")
            .env_remove("RUSTFLAGS")
    }
}
