//! The memory a process has, as Linux tells it.

use std::fs;

use anyhow::{Context as _, Result};

/// Bytes of a process that are in memory now (its resident set).
///
/// # Errors
/// When there is no such process, or no `/proc` as on Linux.
pub fn of(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).with_context(|| {
        format!("cannot read {path}; the benchmark needs Linux, and what it measures to be running")
    })?;
    resident(&status).with_context(|| format!("{path} is not as expected: {status}"))
}

fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_set_is_found_among_the_rest() {
        let status = "Name:\tduologue\nVmHWM:\t  90 kB\nVmRSS:\t    81 kB\nRssAnon:\t 7 kB\n";
        assert_eq!(resident(status), Some(81 * 1024));
        assert_eq!(resident("Name:\tVmRSS"), None);
    }
}
