//! `cargo xtask mutants`: plants one bug after the other into a copy of the sources, and requires the simulation to find
//! each, by the invariant that it breaks. A checker that catches nothing proves nothing.

mod list;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use self::list::{MUTANTS, Mutant};
use crate::workspace::Workspace;

/// Seeds within which each has to be found.
const SEEDS: &str = "2000";

pub(crate) fn run(ws: &Workspace, only: Option<&str>) -> Result<()> {
    let copy = Copy::new(ws)?;
    let chosen = MUTANTS
        .iter()
        .filter(|mutant| only.is_none_or(|part| mutant.name.contains(part)));
    let mut missed = Vec::new();
    let mut found = 0;
    for mutant in chosen {
        match copy.try_out(mutant) {
            Ok(Some(told)) => {
                found += 1;
                println!("{}: found: {told}", mutant.name);
                continue;
            }
            Ok(None) => println!("{}: NOT FOUND", mutant.name),
            Err(error) => println!("{}: {error:#}", mutant.name),
        }
        missed.push(mutant.name);
    }
    ensure!(missed.is_empty(), "not found: {}", missed.join(", "));
    ensure!(found > 0, "there is no such mutant");
    println!("all {found} are found");
    Ok(())
}

/// The sources, as they stand here, in a folder of their own.
struct Copy<'a> {
    ws: &'a Workspace,
    root: PathBuf,
}

impl<'a> Copy<'a> {
    fn new(ws: &'a Workspace) -> Result<Self> {
        let root = ws.target.join("mutants");
        let sh = &ws.sh;
        let files = cmd!(sh, "git ls-files --cached --others --exclude-standard")
            .quiet()
            .read()
            .context("git lists the files to copy")?;
        for name in files.lines().filter(|name| ws.root.join(name).is_file()) {
            update(&root.join(name), &fs::read(ws.root.join(name))?)?;
        }
        Ok(Self { ws, root })
    }

    /// What the simulation says of a mutant; nothing, where it finds nothing.
    fn try_out(&self, mutant: &Mutant) -> Result<Option<String>> {
        for edit in mutant.edits {
            let (file, text) = (edit.0, changed(&self.root, *edit)?);
            update(&self.root.join(file), text.as_bytes())?;
        }
        let ran = self.simulate();
        for (file, ..) in mutant.edits {
            update(&self.root.join(file), &fs::read(self.ws.root.join(file))?)?;
        }
        let (passed, told) = ran?;
        if passed {
            return Ok(None);
        }
        let Some(broken) = told.lines().find(|line| line.starts_with("broken: ")) else {
            bail!("the simulation did not run:\n{told}");
        };
        let expected = mutant.breaks.iter().any(|name| broken.contains(name));
        ensure!(
            expected,
            "should break one of {:?}, and this is told: {broken}",
            mutant.breaks
        );
        Ok(Some(broken.chars().take(160).collect()))
    }

    fn simulate(&self) -> Result<(bool, String)> {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&self.root)
            // One of its own, for all mutants: cargo would take what it built here for what it builds there.
            .env("CARGO_TARGET_DIR", self.ws.target.join("mutants-build"))
            .args(["run", "--quiet", "--profile", "simulation"])
            .args(["--package", "simulation", "--", "--seeds", SEEDS])
            .stdin(Stdio::null());
        let ran = cargo.output().context("cannot run cargo")?;
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        Ok((ran.status.success(), told))
    }
}

/// A file of the tree at `root` with one edit made.
fn changed(root: &Path, (file, before, after): (&str, &str, &str)) -> Result<String> {
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("no {file}"))?;
    let places = text.matches(before).count();
    ensure!(
        places == 1,
        "its words stand {places} times in {file}; the code has changed, and the mutant has to follow"
    );
    Ok(text.replacen(before, after, 1))
}

/// Writes what differs, so that cargo builds no more than it must.
fn update(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Planting them all takes too long for every change of the code, which is when one ceases to fit.
    #[test]
    fn every_mutant_fits_the_code() -> Result<()> {
        let ws = Workspace::open()?;
        for Mutant { name, edits, .. } in MUTANTS {
            for edit in *edits {
                changed(&ws.root, *edit).context(*name)?;
            }
        }
        Ok(())
    }
}
