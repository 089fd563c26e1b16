//! One measurement: a load run against one subject, and the line of JSON that it prints.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::report::grouped;

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// This binary, by the protocol that the load speaks.
    Server {
        name: &'static str,
        binary: &'a Path,
    },
    /// The load's own relay.
    Relay,
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
        match self.subject {
            Subject::Server { binary, .. } => command
                .args(["--target", "server"])
                .arg("--server")
                .arg(binary),
            Subject::Relay => command.args(["--target", "relay"]),
        };
        command.args(["--rooms", &self.rooms.to_string()]);
        command.args(["--seconds", &self.seconds.to_string()]);
        if let Some(rate) = self.rate {
            command.args(["--rate", &rate.to_string()]);
        }
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run {}", self.load.display()))?;
        ensure!(output.status.success(), "the load failed, see above");
        let line = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&line).with_context(|| format!("not the figures of a load: {line}"))
    }
}

impl fmt::Display for Lap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Server { name, .. } => f.write_str(name)?,
            Subject::Relay => f.write_str("relay")?,
        }
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
