//! wasm-opt, which makes the page's wasm smaller.

use std::path::PathBuf;

use anyhow::{Result, bail};
use xshell::cmd;

use super::cargo_install::Tool;
use super::installer::Installer;
use crate::tools::{find_on_path, version_output};

/// Older ones refuse what today's Rust compiler writes.
const OLDEST: u32 = 116;

const NPM_VERSION: &str = "132.0.0";

/// The same program as a crate, for machines without npm: it takes minutes instead of seconds.
const CRATE: Tool<'_> = Tool {
    name: "wasm-opt",
    version: "0.116.1",
    flags: &[],
    duration: "built from source, about 5 minutes on two cores, once per machine",
};

/// The folder to put on PATH; none when PATH has one that is new enough.
pub(crate) fn ensure(installer: &Installer<'_>) -> Result<Option<PathBuf>> {
    let npm = installer
        .cache
        .tool("binaryen", NPM_VERSION)
        .join("node_modules/.bin");
    if let Some(dir) = [npm, CRATE.bin(installer)]
        .into_iter()
        .find(|dir| dir.join("wasm-opt").is_file())
    {
        return Ok(Some(dir));
    }
    if find_on_path(&["wasm-opt"])
        .and_then(|program| version_output(&program))
        .is_some_and(new_enough)
    {
        return Ok(None);
    }
    if let Ok(dir) = from_npm(installer) {
        return Ok(Some(dir));
    }
    CRATE.install(installer).map(Some)
}

#[expect(clippy::needless_pass_by_value, reason = "fits `Option::is_some_and`")]
fn new_enough(output: String) -> bool {
    version_number(&output).is_some_and(|version| version >= OLDEST)
}

/// The number in `wasm-opt version 116 (version_116)`.
fn version_number(output: &str) -> Option<u32> {
    output
        .split_whitespace()
        .skip_while(|word| *word != "version")
        .nth(1)?
        .parse()
        .ok()
}

fn from_npm(installer: &Installer<'_>) -> Result<PathBuf> {
    if find_on_path(&["npm"]).is_none() {
        bail!("there is no npm here");
    }
    let sh = &installer.ws.sh;
    let root = installer.cache.tool("binaryen", NPM_VERSION);
    let package = format!("binaryen@{NPM_VERSION}");
    sh.create_dir(&root)?;
    let npm = cmd!(
        sh,
        "npm install --no-audit --no-fund --prefix {root} {package}"
    );
    installer.install(&format!("binaryen {NPM_VERSION}"), "about 10 seconds", npm)?;
    let dir = root.join("node_modules/.bin");
    if version_output(&dir.join("wasm-opt")).is_none() {
        // An old Node cannot run it. It must not be taken for an installed one next time.
        sh.remove_path(&root)?;
        bail!("this Node cannot run wasm-opt");
    }
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_numbers_are_read_from_both_kinds_of_release() {
        assert_eq!(
            version_number("wasm-opt version 132 (version_132)\n"),
            Some(132)
        );
        assert_eq!(version_number("wasm-opt version 108\n"), Some(108));
        assert_eq!(version_number("wasm-opt\n"), None);
    }

    #[test]
    fn the_oldest_that_works_is_new_enough() {
        assert!(new_enough("wasm-opt version 116 (version_116)".into()));
        assert!(!new_enough("wasm-opt version 108 (version_108)".into()));
    }
}
