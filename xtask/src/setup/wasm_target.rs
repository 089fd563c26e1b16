//! The compiler for the page: rustup's, or Debian's where rustup's target cannot be had.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use super::installer::Installer;
use crate::tools::find_on_path;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// rustup's name for the source of the standard library.
const SOURCE: &str = "rust-src";

/// Debian's newer rustc and the source of its standard library.
const PACKAGES: &[&str] = &["rustc-web", "rust-web-src"];

/// The page for release, built as small as it gets: its standard library comes from source, for size, and a panic is a trap
/// without words. cargo takes all of this as nightly features and by variables alone, and so no RUSTFLAGS of anybody's are
/// in the way.
const LEAN: &[(&str, &str)] = &[
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_PAGE_PANIC", "immediate-abort"),
];

/// What compiles the page.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The pinned toolchain, with a ready-made standard library and the source of it.
    #[default]
    Rustup,
    /// Debian's compiler with the standard library built from source, linked by rustup's linker,
    /// since Debian packages neither for this target.
    DebianBuildStd {
        rustc: PathBuf,
        linker: PathBuf,
        /// Whether this compiler, of whichever version, knows what [`LEAN`] asks of it.
        lean: bool,
    },
}

impl WasmToolchain {
    /// Variables for cargo when it compiles the page, and only then.
    pub(crate) fn env(&self) -> Vec<(&'static str, OsString)> {
        match self {
            Self::Rustup => Vec::new(),
            Self::DebianBuildStd { rustc, linker, .. } => vec![
                ("RUSTC", rustc.into()),
                // Building std is a nightly feature of cargo.
                ("RUSTC_BOOTSTRAP", "1".into()),
                ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
                ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()),
            ],
        }
    }

    /// Variables for cargo, besides [`Self::env`], when it compiles the page for release.
    pub(crate) fn release_env(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::DebianBuildStd { lean: false, .. } => &[],
            _ => LEAN,
        }
    }

    /// Whether this toolchain has a clippy of its own version for the page.
    pub(crate) fn has_clippy(&self) -> bool {
        *self == Self::Rustup
    }
}

pub(crate) fn ensure(installer: &Installer<'_>) -> Result<WasmToolchain> {
    match env::var("DUOLOGUE_WASM_TOOLCHAIN").as_deref() {
        Ok("debian") => return debian(installer),
        Ok("rustup") => return rustup(installer),
        Ok(other) if !other.is_empty() => {
            bail!("DUOLOGUE_WASM_TOOLCHAIN is `{other}`, but only `rustup` and `debian` are known")
        }
        _ => {}
    }
    if rustup_target_is_there(installer.ws) && std_source_is_there(installer.ws) {
        return Ok(WasmToolchain::Rustup);
    }
    // Once rustup has failed here, asking it again would cost a network timeout at every command.
    let chosen = installer.cache.root().join("wasm-toolchain-debian");
    if chosen.exists() {
        return debian(installer);
    }
    rustup(installer).or_else(|error| {
        println!(
            "rustup cannot add what {TARGET} needs, so Debian's compiler takes over ({error:#})"
        );
        let toolchain = debian(installer)?;
        installer
            .ws
            .sh
            .write_file(chosen, "delete this file to try rustup again\n")?;
        Ok(toolchain)
    })
}

fn rustup(installer: &Installer<'_>) -> Result<WasmToolchain> {
    let sh = &installer.ws.sh;
    if !rustup_target_is_there(installer.ws) {
        let add = cmd!(sh, "rustup target add {TARGET}");
        installer
            .install(TARGET, "about 20 seconds", add)
            .with_context(|| format!("{TARGET}, try `rustup target add {TARGET}`"))?;
    }
    if !std_source_is_there(installer.ws) {
        let add = cmd!(sh, "rustup component add {SOURCE}");
        installer
            .install(SOURCE, "about 10 seconds", add)
            .with_context(|| format!("{SOURCE}, try `rustup component add {SOURCE}`"))?;
    }
    Ok(WasmToolchain::Rustup)
}

fn rustup_target_is_there(ws: &Workspace) -> bool {
    let sh = &ws.sh;
    // The folder's name is printed for every target, but exists only for installed ones.
    cmd!(sh, "rustc --print target-libdir --target {TARGET}")
        .quiet()
        .ignore_stderr()
        .read()
        .is_ok_and(|dir| Path::new(dir.trim()).is_dir())
}

/// Whether the standard library can be built from source; without its lock file, cargo does not begin.
fn std_source_is_there(ws: &Workspace) -> bool {
    sysroot(ws).is_ok_and(|sysroot| {
        sysroot
            .join("lib/rustlib/src/rust/library/Cargo.lock")
            .is_file()
    })
}

fn sysroot(ws: &Workspace) -> Result<PathBuf> {
    let sh = &ws.sh;
    let sysroot = cmd!(sh, "rustc --print sysroot").quiet().read()?;
    Ok(sysroot.trim().into())
}

fn debian(installer: &Installer<'_>) -> Result<WasmToolchain> {
    let ws = installer.ws;
    if debian_rustc(ws).is_none() {
        installer
            .apt
            .install(installer, PACKAGES, "about a minute")
            .with_context(|| {
                format!(
                    "a compiler for {TARGET}, try `sudo apt-get install {}`",
                    PACKAGES.join(" ")
                )
            })?;
    }
    let rustc = debian_rustc(ws).context("rustc-web is installed, but holds no rustc")?;
    Ok(WasmToolchain::DebianBuildStd {
        linker: linker(ws)?,
        lean: knows_immediate_abort(ws, &rustc),
        rustc,
    })
}

/// The compiler inside `rustc-web`, provided that the library's source is there too.
fn debian_rustc(ws: &Workspace) -> Option<PathBuf> {
    find_on_path(&["dpkg"])?;
    let sh = &ws.sh;
    let files_of = |package| {
        cmd!(sh, "dpkg -L {package}")
            .quiet()
            .ignore_stderr()
            .read()
            .ok()
    };
    files_of("rust-web-src")?;
    files_of("rustc-web")?
        .lines()
        .find(|line| line.ends_with("/bin/rustc"))
        .map(PathBuf::from)
        .filter(|path| path.is_file())
}

/// The one of the settings that came and went under several names.
fn knows_immediate_abort(ws: &Workspace, rustc: &Path) -> bool {
    let sh = &ws.sh;
    let panic = ["-Zunstable-options", "-Cpanic=immediate-abort"];
    cmd!(sh, "{rustc} {panic...} --target {TARGET} --print cfg")
        .env("RUSTC_BOOTSTRAP", "1")
        .quiet()
        .ignore_stdout()
        .ignore_stderr()
        .run()
        .is_ok()
}

fn linker(ws: &Workspace) -> Result<PathBuf> {
    let sh = &ws.sh;
    let host = cmd!(sh, "rustc --print host-tuple").quiet().read()?;
    let linker = sysroot(ws)?
        .join("lib/rustlib")
        .join(host.trim())
        .join("bin/rust-lld");
    ensure!(
        linker.is_file(),
        "a linker for {TARGET}, expected at {}",
        linker.display()
    );
    Ok(linker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debian(lean: bool) -> WasmToolchain {
        WasmToolchain::DebianBuildStd {
            rustc: "/r".into(),
            linker: "/l".into(),
            lean,
        }
    }

    #[test]
    fn rustup_needs_no_variables_but_for_a_release() {
        assert!(WasmToolchain::Rustup.env().is_empty());
        assert_eq!(WasmToolchain::Rustup.release_env(), LEAN);
    }

    #[test]
    fn debian_is_told_by_variables_alone_and_has_no_clippy() {
        let env = debian(true).env();
        assert!(env.contains(&("RUSTC", "/r".into())));
        assert!(env.contains(&("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "/l".into())));
        assert!(!debian(true).has_clippy());
    }

    #[test]
    fn a_compiler_is_asked_only_for_what_it_knows() {
        assert_eq!(debian(true).release_env(), LEAN);
        assert!(debian(false).release_env().is_empty());
    }

    #[test]
    fn nobodys_compiler_flags_are_replaced() {
        for toolchain in [WasmToolchain::Rustup, debian(true)] {
            let names = toolchain.env().into_iter().map(|(name, _)| name);
            let release = toolchain.release_env().iter().map(|(name, _)| *name);
            assert!(!names.chain(release).any(|name| name.ends_with("RUSTFLAGS")));
        }
    }
}
