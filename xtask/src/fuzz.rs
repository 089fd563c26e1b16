//! `cargo xtask fuzz`: looks for bytes that break what must hold, from the inputs kept in `tests/fuzz/corpus` on.

mod corpus;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use self::corpus::Kept;
use crate::flags::{Fuzz, FuzzTarget};
use crate::setup::cargo_fuzz;
use crate::workspace::Workspace;

/// Bytes of an input: enough for the longest talk that a target takes in.
const MOST_BYTES: u32 = 4096;

pub(crate) fn run(ws: &Workspace, flags: &Fuzz) -> Result<()> {
    let program = cargo_fuzz::ensure(ws)?;
    let targets = match flags.target {
        Some(target) => vec![target],
        None => FuzzTarget::ALL.to_vec(),
    };
    let mut failed = Vec::new();
    for target in targets {
        let run = Run::new(ws, &program, target);
        println!("\n== {}", run.name);
        if run.search(flags.seconds)? {
            run.minimise(flags.keep)?;
        } else {
            failed.push(run.name);
        }
    }
    ensure!(failed.is_empty(), "broken: {}", failed.join(", "));
    Ok(())
}

/// One target's run.
struct Run<'a> {
    ws: &'a Workspace,
    program: &'a Path,
    name: &'static str,
    /// Inputs found on this machine; not in git.
    found: PathBuf,
    kept: Kept,
}

impl<'a> Run<'a> {
    fn new(ws: &'a Workspace, program: &'a Path, target: FuzzTarget) -> Self {
        let name = target.name();
        Self {
            ws,
            program,
            name,
            found: ws.root.join("fuzz/corpus").join(name),
            kept: Kept {
                dir: ws.root.join("tests/fuzz/corpus").join(name),
                by_lines: matches!(target, FuzzTarget::Frame),
            },
        }
    }

    /// Without a sanitizer: there is no unsafe code here to catch, and a stable compiler will do.
    fn cargo_fuzz(&self, command: &str) -> Command {
        let mut fuzz = Command::new(self.program);
        fuzz.current_dir(&self.ws.root)
            // Its builds have a lock file and a target folder of their own.
            .env_remove("CARGO_TARGET_DIR")
            .args([command, "--sanitizer", "none", self.name])
            .stdin(Stdio::null());
        fuzz
    }

    /// Whether all inputs passed.
    fn search(&self, seconds: u32) -> Result<bool> {
        fs::create_dir_all(&self.found)?;
        let status = self
            .cargo_fuzz("run")
            .args([&self.found, &self.kept.dir])
            .arg("--")
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={MOST_BYTES}"))
            // Longer inputs sooner: a talk takes some.
            .args(["-len_control=20", "-timeout=10", "-verbosity=0"])
            .args(["-print_final_stats=1"])
            .status()
            .context("cannot run cargo-fuzz")?;
        if status.success() {
            return Ok(true);
        }
        let artifacts = self.ws.root.join("fuzz/artifacts").join(self.name);
        let Some(input) = corpus::newest(&artifacts)? else {
            bail!("cargo-fuzz ended with {status}, and left no input");
        };
        let name = self.name;
        let (program, input) = (self.program.display(), input.display());
        println!("{name} is broken by {input}");
        println!("again: {program} run --sanitizer none {name} {input}");
        println!("smaller: {program} tmin --sanitizer none {name} {input}");
        println!("once it is mended, keep it in {}", self.kept.dir.display());
        Ok(false)
    }

    /// Reduces what was found, and what was kept with it, to the fewest inputs that reach the same code.
    fn minimise(&self, keep: bool) -> Result<()> {
        self.kept.lay_into(&self.found)?;
        let status = self
            .cargo_fuzz("cmin")
            .arg(&self.found)
            .arg("--")
            // By the places reached, not by how often: else they are ten times as many.
            .args(["-set_cover_merge=1", "-use_counters=0", "-verbosity=0"])
            .arg(format!("-max_len={}", self.kept.most_bytes()))
            .status()
            .context("cannot run cargo-fuzz")?;
        ensure!(status.success(), "cargo-fuzz cmin ended with {status}");
        let (found, kept) = (corpus::size(&self.found)?, corpus::size(&self.kept.dir)?);
        println!(
            "{}: {found} reach all that was reached; kept are {kept}",
            self.name
        );
        if keep {
            self.kept.take(&self.found)?;
        }
        Ok(())
    }
}
