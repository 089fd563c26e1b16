//! How long to wait before the next try to reach the hub.

use std::time::Duration;

const FIRST_MS: f64 = 300.0;
const GROWTH: f64 = 1.7;
const LONGEST_MS: f64 = 20_000.0;

/// The wait after `failures` tries in a row that came to nothing. `chance`, from 0 to 1, spreads the browsers of a
/// restarted hub over half to one and a half times the wait, so that they do not come back as one wave.
#[must_use]
pub fn wait(failures: u32, chance: f64) -> Duration {
    // Past this many the longest wait is reached anyway, and the power stays finite.
    let exponent = i32::try_from(failures.min(64)).unwrap_or(64);
    let base = (FIRST_MS * GROWTH.powi(exponent)).min(LONGEST_MS);
    let spread = 0.5 + chance.clamp(0.0, 1.0);
    Duration::from_secs_f64((base * spread).min(LONGEST_MS) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_from_a_third_of_a_second_to_twenty() {
        assert_eq!(wait(0, 0.5), Duration::from_millis(300));
        assert_eq!(wait(1, 0.5), Duration::from_millis(510));
        assert_eq!(wait(u32::MAX, 0.5), Duration::from_secs(20));
        let waits: Vec<_> = (0..12).map(|failures| wait(failures, 0.5)).collect();
        assert!(waits.is_sorted(), "{waits:?}");
    }

    #[test]
    fn chance_spreads_it_and_never_beyond_the_longest() {
        assert_eq!(wait(0, 0.0), Duration::from_millis(150));
        assert_eq!(wait(0, 1.0), Duration::from_millis(450));
        assert_eq!(wait(40, 1.0), Duration::from_secs(20));
    }
}
