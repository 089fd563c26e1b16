//! One measurement: a load run against one subject, and the line of JSON that it prints.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::report::grouped;

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// This binary, by the protocol that the load speaks.
    Server {
        name: &'static str,
        binary: &'a Path,
        journal: Journal<'a>,
    },
    /// The load's own relay.
    Relay,
    /// The same, with an acknowledgement that promises nothing.
    AckingRelay,
}

/// Where the server keeps what is said.
#[derive(Clone, Copy)]
pub(crate) enum Journal<'a> {
    Memory,
    /// In this folder, which is there for one measurement only.
    Disk(&'a Path),
}

impl Subject<'_> {
    /// What the load is told of it.
    fn arguments(&self) -> Vec<&OsStr> {
        match self {
            Self::Server {
                binary, journal, ..
            } => {
                let mut words = ["--target", "server", "--server"].map(OsStr::new).to_vec();
                words.push(binary.as_os_str());
                if let Journal::Disk(folder) = journal {
                    words.extend([OsStr::new("--data"), folder.as_os_str()]);
                }
                words
            }
            Self::Relay => ["--target", "relay"].map(OsStr::new).to_vec(),
            Self::AckingRelay => ["--target", "acking-relay"].map(OsStr::new).to_vec(),
        }
    }

    /// Removes what a journal on disk left, so that each measurement begins with none.
    fn sweep(&self) -> Result<()> {
        if let Self::Server {
            journal: Journal::Disk(folder),
            ..
        } = self
            && folder.exists()
        {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(())
    }

    /// Runs the load against it and reads what it prints.
    fn measure<T: DeserializeOwned>(&self, command: &mut Command) -> Result<T> {
        self.sweep()?;
        let output = command
            .args(self.arguments())
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run {}", command.get_program().display()))?;
        self.sweep()?;
        ensure!(output.status.success(), "the load failed, see above");
        let line = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&line).with_context(|| format!("not the figures of a load: {line}"))
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { name, .. } => f.write_str(name),
            Self::Relay => f.write_str("relay"),
            Self::AckingRelay => f.write_str("relay that acknowledges"),
        }
    }
}

/// What is read of a crowd's output.
#[derive(Deserialize)]
pub(crate) struct CrowdFigures {
    pub(crate) bytes_each: f64,
    pub(crate) seated_again_s: Option<f64>,
    pub(crate) failed_tries: u64,
}

/// So many who sit at `subject` and say nothing.
pub(crate) fn crowd(load: &Path, subject: Subject<'_>, connections: u32) -> Result<CrowdFigures> {
    let mut command = Command::new(load);
    command.args(["crowd", "--connections", &connections.to_string()]);
    let figures: CrowdFigures = subject.measure(&mut command)?;
    print!("{subject}: {} bytes each", grouped(figures.bytes_each));
    match figures.seated_again_s {
        Some(seconds) => {
            let tries = figures.failed_tries;
            println!(", all seated again in {seconds:.1} s, {tries} tries failed");
        }
        None => println!(),
    }
    Ok(figures)
}

pub(crate) struct Lap<'a> {
    pub(crate) load: &'a Path,
    pub(crate) subject: Subject<'a>,
    pub(crate) rooms: u32,
    pub(crate) seconds: u32,
    /// Messages a second; as many as there can be without.
    pub(crate) rate: Option<u32>,
}

/// What is read of the load's output. An older load may print less than the present one, so this names no more than needed.
#[derive(Deserialize)]
pub(crate) struct Figures {
    pub(crate) messages_per_second: f64,
    pub(crate) messages_per_cpu_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
}

impl Lap<'_> {
    /// Uses only flags that every version of the load has.
    pub(crate) fn run(&self) -> Result<Figures> {
        let mut command = Command::new(self.load);
        command.arg("measure");
        command.args(["--rooms", &self.rooms.to_string()]);
        command.args(["--seconds", &self.seconds.to_string()]);
        if let Some(rate) = self.rate {
            command.args(["--rate", &rate.to_string()]);
        }
        self.subject.measure(&mut command)
    }
}

impl fmt::Display for Lap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subject.fmt(f)?;
        match self.rate {
            Some(rate) => write!(f, " at {} a second", grouped(rate.into())),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages a second, {} a CPU second, p99 {} µs",
            grouped(self.messages_per_second),
            grouped(self.messages_per_cpu_second),
            grouped(self.p99_us)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_read_whatever_stands_beside_them() -> Result<()> {
        let line = r#"{"target":"relay","messages":8,"messages_per_second":2.0,"messages_per_cpu_second":4.0,"p50_us":1.0,"p99_us":3.0,"later":[]}"#;
        let figures: Figures = serde_json::from_str(line)?;
        assert_eq!(
            figures.to_string(),
            "2 messages a second, 4 a CPU second, p99 3 µs"
        );
        Ok(())
    }
}
