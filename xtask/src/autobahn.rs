//! `cargo xtask autobahn`: the Autobahn suite's client (RFC 6455) against an echo server with the hub's WebSockets.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::json;
use xshell::cmd;

use crate::setup::autobahn;
use crate::workspace::Workspace;

/// One case, as the suite's report tells of it.
#[derive(Deserialize)]
struct Case {
    behavior: String,
    #[serde(rename = "behaviorClose")]
    close: String,
}

/// What may be told of a case without its having failed.
const FINE: [&str; 3] = ["OK", "NON-STRICT", "INFORMATIONAL"];

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let suite = autobahn::ensure(ws)?;
    let sh = &ws.sh;
    cmd!(
        sh,
        "cargo build --release --package duologue --example echo"
    )
    .run()
    .context("the echo server does not build")?;
    let folder = ws.target.join("autobahn");
    sh.remove_path(&folder)?;
    let report = sh.create_dir(folder.join("report"))?;
    let mut server = Echo::start(&ws.release("examples/echo"))?;
    let spec = json!({
        "outdir": report,
        "servers": [{"agent": "duologue", "url": format!("ws://{}", server.address()?)}],
        "cases": ["*"],
        // Compression, which the hub does not offer.
        "exclude-cases": ["12.*", "13.*"],
        "exclude-agent-cases": {},
    });
    let spec_file = folder.join("spec.json");
    sh.write_file(&spec_file, spec.to_string())?;
    println!("running the suite: about half a minute");
    let log = File::create(folder.join("log.txt"))?;
    let run = Command::new(&suite.python)
        .args(["-c", "from autobahntestsuite.wstest import run; run()"])
        .args(["--mode", "fuzzingclient", "--spec"])
        .arg(&spec_file)
        .env("PYTHONPATH", &suite.packages)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .status();
    let status = run.with_context(|| format!("cannot run {}", suite.python.display()))?;
    ensure!(
        status.success(),
        "the suite ended with {status}, see log.txt in {}",
        folder.display()
    );
    summarise(&report)
}

/// The server, which ends with this value.
struct Echo(Child);

impl Echo {
    fn start(program: &Path) -> Result<Self> {
        let child = Command::new(program).stdout(Stdio::piped()).spawn();
        let child = child.with_context(|| format!("cannot run {}", program.display()))?;
        Ok(Self(child))
    }

    /// The address, which it prints first.
    fn address(&mut self) -> Result<String> {
        let output = self.0.stdout.take().context("the address was read")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(!line.is_empty(), "the echo server ended at once");
        Ok(line.trim().to_owned())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn summarise(report: &Path) -> Result<()> {
    let index = report.join("index.json");
    let text = fs::read_to_string(&index)
        .with_context(|| format!("the suite wrote no {}", index.display()))?;
    let agents: BTreeMap<String, BTreeMap<String, Case>> = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as expected", index.display()))?;
    let cases: Vec<_> = agents.values().flatten().collect();
    let count = |verdict| {
        let of_it = cases.iter().filter(|(_, case)| case.behavior == verdict);
        of_it.count()
    };
    let failed: Vec<_> = cases.iter().filter(|(_, case)| has_failed(case)).collect();
    println!(
        "{} cases: {} OK, {} non-strict, {} informational, {} failed",
        cases.len(),
        count("OK"),
        count("NON-STRICT"),
        count("INFORMATIONAL"),
        failed.len(),
    );
    println!("report: {}", report.join("index.html").display());
    for (name, case) in &failed {
        println!("case {name}: {}, closing {}", case.behavior, case.close);
    }
    match (cases.len(), failed.len()) {
        (0, _) => bail!("no case was run; is the server's address right?"),
        (_, 0) => Ok(()),
        (_, failed) => bail!("{failed} case(s) failed"),
    }
}

fn has_failed(case: &Case) -> bool {
    [&case.behavior, &case.close]
        .iter()
        .any(|verdict| !FINE.contains(&verdict.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_fails_by_what_it_did_or_by_how_it_closed() {
        let failed = |behavior: &str, close: &str| {
            has_failed(&Case {
                behavior: behavior.to_owned(),
                close: close.to_owned(),
            })
        };
        assert!(!failed("OK", "OK"));
        assert!(!failed("NON-STRICT", "INFORMATIONAL"));
        assert!(failed("FAILED", "OK"));
        assert!(failed("OK", "UNCLEAN"));
    }
}
