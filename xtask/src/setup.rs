//! `cargo xtask setup`: checks what is there, installs what is not, and tells which.

mod apt;
pub(crate) mod autobahn;
mod browser;
pub(crate) mod cargo_fuzz;
mod cargo_install;
mod compiler;
mod installer;
mod network;
mod python;
mod relay;
mod trunk;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_target;

use anyhow::{Result, ensure};

pub(crate) use self::browser::Browser;
use self::installer::Installer;
pub(crate) use self::wasm_target::WasmToolchain;
use crate::tools::Tools;
use crate::workspace::Workspace;

/// Something a command cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Compiler,
    WasmTarget,
    Trunk,
    WasmBindgen,
    WasmOpt,
    Browser,
    Network,
    Relay,
    Python,
}

/// What building the page and the hub takes.
pub(crate) const PAGE: &[Need] = &[
    Need::Compiler,
    Need::WasmTarget,
    Need::Trunk,
    Need::WasmBindgen,
    Need::WasmOpt,
];

/// What tests in browsers take.
pub(crate) const BROWSER: &[Need] = &[Need::Browser, Need::Network, Need::Relay];

/// What only tests take.
pub(crate) const TESTS: &[Need] = &[Need::Browser, Need::Network, Need::Relay, Need::Python];

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    ensure(ws, &[PAGE, TESTS].concat())?;
    println!("ready: everything that building and testing need is here");
    Ok(())
}

/// Makes sure of every need. What cannot be had is told in one line each, after all were tried,
/// so that one visit to a shell can mend all of it.
pub(crate) fn ensure(ws: &Workspace, needs: &[Need]) -> Result<Tools> {
    let installer = Installer::new(ws)?;
    let mut tools = Tools::default();
    let mut missing = 0;
    for need in needs {
        if let Err(error) = need.ensure(&installer, &mut tools) {
            eprintln!("missing: {error:#}");
            missing += 1;
        }
    }
    ensure!(
        missing == 0,
        "set-up is incomplete, see the {missing} line(s) that begin with `missing:`"
    );
    installer.cache.remove_build()?;
    Ok(tools)
}

impl Need {
    fn ensure(self, installer: &Installer<'_>, tools: &mut Tools) -> Result<()> {
        match self {
            Self::Compiler => compiler::ensure(installer)?,
            Self::WasmTarget => tools.wasm = wasm_target::ensure(installer)?,
            Self::Trunk => tools.dirs.extend(trunk::ensure(installer)?),
            Self::WasmBindgen => tools.dirs.extend(wasm_bindgen::ensure(installer)?),
            Self::WasmOpt => tools.dirs.extend(wasm_opt::ensure(installer)?),
            Self::Browser => tools.browser = Some(browser::ensure(installer)?),
            Self::Network => network::ensure(installer)?,
            Self::Relay => relay::ensure(installer)?,
            Self::Python => tools.python = Some(python::ensure(installer)?),
        }
        Ok(())
    }
}
