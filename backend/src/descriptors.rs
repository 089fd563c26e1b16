//! How many connections the process has file descriptors for. They must not run out: the journal needs them too.

use duologue::Limits;
use rlimit::Resource;

/// Kept for all that is no connection: the listener, the journal, the log, what the runtime has.
const KEPT: u64 = 64;

/// What a process may mostly have, where the system does not say.
const USUAL: u64 = 1024;

/// How many connections there may be: as many as are `wanted`, or else the default as far as descriptors reach. The
/// process's own limit is raised as far as the system lets it.
///
/// # Errors
/// More are wanted than the system allows.
pub(crate) fn connections(wanted: Option<u32>) -> anyhow::Result<u32> {
    let most = wanted.unwrap_or(Limits::default().connections);
    let needed = u64::from(most) + KEPT;
    let allowed = rlimit::increase_nofile_limit(needed)
        .or_else(|_| Resource::NOFILE.get_soft())
        .unwrap_or(USUAL);
    choose(wanted, most, allowed)
}

fn choose(wanted: Option<u32>, most: u32, allowed: u64) -> anyhow::Result<u32> {
    // Where there are few, half of them.
    let spare = allowed - KEPT.min(allowed / 2);
    let possible = u32::try_from(spare).unwrap_or(u32::MAX).min(most);
    anyhow::ensure!(
        wanted.is_none() || possible == most,
        "--max-connections {most} is more than the {spare} that this process has file descriptors for; \
         allow it more (ulimit -n, or LimitNOFILE= for systemd) or lower the number"
    );
    Ok(possible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_given_or_refused_and_the_default_adapts() {
        for (wanted, most, allowed, expected) in [
            (None, 1000, 4096, Some(1000)),
            (None, 1000, 1064, Some(1000)),
            (None, 1000, 1063, Some(999)),
            (None, 1000, 32, Some(16)),
            (Some(1000), 1000, u64::MAX, Some(1000)),
            (Some(1000), 1000, 1064, Some(1000)),
            (Some(1000), 1000, 1063, None),
            (Some(16), 16, 32, Some(16)),
        ] {
            let chosen = choose(wanted, most, allowed).ok();
            assert_eq!(chosen, expected, "{wanted:?} of {allowed}");
        }
    }
}
