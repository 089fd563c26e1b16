//! What is counted while the load runs, and the figures that come of it.

use std::time::Duration;

use anyhow::{Result, ensure};
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::talk::Kind;

/// Three digits are more than two runs agree on.
const DIGITS: u8 = 3;

/// Later than this is told as this.
const LATEST: Duration = Duration::from_secs(60);

/// What arrived so far.
#[derive(Debug)]
pub(crate) struct Tally {
    latencies: Histogram<u64>,
}

impl Tally {
    pub(crate) fn new() -> Result<Self> {
        let latencies = Histogram::new_with_max(nanoseconds(LATEST), DIGITS)?;
        Ok(Self { latencies })
    }

    pub(crate) fn arrived(&mut self, after: Duration) {
        self.latencies.saturating_record(nanoseconds(after));
    }

    /// Forgets what was, for the window begins.
    pub(crate) fn reset(&mut self) {
        self.latencies.reset();
    }

    pub(crate) fn figures(&self, kind: Kind, rooms: u32, window: Window) -> Result<Figures> {
        ensure!(
            !window.target_cpu.is_zero(),
            "too little happened to be measured; take more rooms, more seconds or a higher rate"
        );
        let messages = self.latencies.len();
        let quantile = |q| self.latencies.value_at_quantile(q) as f64 / 1000.0;
        Ok(Figures {
            target: kind,
            rooms,
            seconds: window.time.as_secs_f64(),
            messages,
            cpu_seconds: window.target_cpu.as_secs_f64(),
            load_cpu_seconds: window.load_cpu.as_secs_f64(),
            messages_per_second: messages as f64 / window.time.as_secs_f64(),
            messages_per_cpu_second: messages as f64 / window.target_cpu.as_secs_f64(),
            p50_us: quantile(0.50),
            p99_us: quantile(0.99),
        })
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// What passed while messages were counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) time: Duration,
    pub(crate) target_cpu: Duration,
    pub(crate) load_cpu: Duration,
}

/// One line of the output. Later versions of `cargo xtask bench` read it: add fields, rename none.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// What was measured.
    pub target: Kind,
    /// Conversations at once.
    pub rooms: u32,
    /// How long messages were counted.
    pub seconds: f64,
    /// Messages that arrived in that time.
    pub messages: u64,
    /// CPU seconds that the target took for them.
    pub cpu_seconds: f64,
    /// CPU seconds that the load took.
    pub load_cpu_seconds: f64,
    /// Messages for each second.
    pub messages_per_second: f64,
    /// Messages for each CPU second of the target.
    pub messages_per_cpu_second: f64,
    /// Half of the messages arrived within so many microseconds.
    pub p50_us: f64,
    /// All but a hundredth arrived within so many microseconds.
    pub p99_us: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_window_alone() -> Result<()> {
        let mut tally = Tally::new()?;
        tally.arrived(Duration::from_secs(9));
        tally.reset();
        for micros in 1..=100 {
            tally.arrived(Duration::from_micros(micros));
        }
        let window = Window {
            time: Duration::from_secs(2),
            target_cpu: Duration::from_millis(500),
            load_cpu: Duration::from_secs(1),
        };
        let figures = tally.figures(Kind::Relay, 1, window)?;
        assert_eq!(figures.messages, 100);
        assert!((figures.messages_per_second - 50.0).abs() < 0.01);
        assert!((figures.messages_per_cpu_second - 200.0).abs() < 0.01);
        assert!((figures.p50_us - 50.0).abs() < 0.5);
        assert!((figures.p99_us - 99.0).abs() < 0.5);
        Ok(())
    }

    #[test]
    fn what_is_far_too_late_still_counts() -> Result<()> {
        let mut tally = Tally::new()?;
        tally.arrived(Duration::MAX);
        assert_eq!(tally.latencies.len(), 1);
        Ok(())
    }
}
