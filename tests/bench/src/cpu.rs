//! The CPU time a process has taken, as Linux tells it.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// What all threads of a process have taken so far, its own work and the kernel's for it.
///
/// # Errors
/// When there is no such process, or no `/proc` as on Linux.
pub fn time_of(process: u32) -> Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| {
        format!("cannot read {path}; the benchmark needs Linux, and what it measures to be running")
    })?;
    let ticks = ticks(&stat).with_context(|| format!("{path} is not as expected: {stat}"))?;
    let per_second = rustix::param::clock_ticks_per_second();
    Ok(Duration::from_millis(ticks * 1000 / per_second))
}

/// `utime` and `stime`, fields 14 and 15 of proc(5).
fn ticks(stat: &str) -> Option<u64> {
    // The second field is the command's name in parentheses, which may itself hold spaces and parentheses.
    let (_, from_third) = stat.rsplit_once(')')?;
    let mut fields = from_third.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ticks_are_found_behind_any_name() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 120 45 0 0 20 0 5 0 100";
        assert_eq!(ticks(&format!("42 (duologue) {rest}")), Some(165));
        assert_eq!(ticks(&format!("42 (a) b (c) {rest}")), Some(165));
    }

    #[test]
    fn what_is_no_stat_line_is_refused() {
        assert_eq!(ticks(""), None);
        assert_eq!(ticks("42 (duologue) S 1 2 3"), None);
    }
}
