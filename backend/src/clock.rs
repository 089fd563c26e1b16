//! The time the rules see: the wall clock's where that goes forward, evenly on where it does not.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::Timestamp;
use tokio::time::Instant;

/// A jump of so many milliseconds is a leap: an hour that was wrong, a machine that slept.
pub(crate) const LEAP: u64 = 60_000;

type Wall = dyn Fn() -> Timestamp + Send + Sync;

/// Milliseconds since the Unix epoch. It runs at least as fast as the runtime's clock, leaps when the wall clock is set
/// ahead or the machine has slept, and never goes back. Clones are one clock.
#[derive(Clone)]
pub struct Clock {
    /// What the wall clock shows, which may be anything.
    wall: Arc<Wall>,
    origin: Instant,
    /// What this clock would have shown at `origin`, had the wall clock been set then as far ahead as it ever was.
    start: Arc<AtomicU64>,
}

impl Clock {
    /// The system's.
    #[must_use]
    pub fn start() -> Self {
        Self::following(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
            Timestamp::default().after(since_epoch.unwrap_or(Duration::ZERO))
        })
    }

    /// A clock that follows this one forward.
    #[must_use]
    pub fn following(wall: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let start = AtomicU64::new(wall().0);
        Self {
            wall: Arc::new(wall),
            origin: Instant::now(),
            start: Arc::new(start),
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let passed = self.origin.elapsed();
        let start = (self.wall)().0.saturating_sub(millis(passed));
        let before = self.start.fetch_max(start, Ordering::Relaxed);
        let ahead = start.saturating_sub(before);
        if ahead >= LEAP {
            tracing::warn!(seconds = ahead / 1000, "the system's clock has leapt ahead");
        }
        Timestamp(start.max(before)).after(passed)
    }

    /// What it would have shown at its origin, in milliseconds: it grows by as much as the clock leaps or creeps ahead of
    /// the runtime's. Only differences mean anything.
    pub(crate) fn ahead(&self) -> u64 {
        self.start.load(Ordering::Relaxed)
    }

    /// What the wall clock shows, which may be less than it was.
    pub(crate) fn wall(&self) -> Timestamp {
        (self.wall)()
    }

    /// The moment `at` on the runtime's clock, to wait for it. Should the clock leap meanwhile, that is late.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> Instant {
        let start = self.start.load(Ordering::Relaxed);
        self.origin + Duration::from_millis(at.0.saturating_sub(start))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// The runtime's clock is stopped and moved by hand here, and so is the wall clock.
    fn clocks() -> (Arc<AtomicU64>, Clock) {
        let wall = Arc::new(AtomicU64::new(1_000_000));
        let shown = Arc::clone(&wall);
        let clock = Clock::following(move || Timestamp(shown.load(Ordering::Relaxed)));
        (wall, clock)
    }

    async fn both(wall: &AtomicU64, time: Duration) {
        tokio::time::advance(time).await;
        wall.fetch_add(millis(time), Ordering::Relaxed);
    }

    #[tokio::test(start_paused = true)]
    async fn it_follows_the_wall_clock_forward() {
        let (wall, clock) = clocks();
        assert_eq!(clock.now(), Timestamp(1_000_000));
        both(&wall, DAY).await;
        assert_eq!(clock.now(), Timestamp(1_000_000).after(DAY));
        // The machine slept, or heard the time from the network: nothing has passed for the runtime.
        wall.fetch_add(millis(DAY), Ordering::Relaxed);
        assert_eq!(clock.now(), Timestamp(1_000_000).after(2 * DAY));
        both(&wall, DAY).await;
        assert_eq!(clock.now(), Timestamp(1_000_000).after(3 * DAY));
        assert_eq!(clock.wall(), clock.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_clock_set_back_moves_nothing() {
        let (wall, clock) = clocks();
        let twin = clock.clone();
        for set_back in [1, 500_000, 1_000_000] {
            let before = clock.now();
            wall.store(1_000_000 - set_back, Ordering::Relaxed);
            assert_eq!(clock.now(), before, "it does not go back");
            both(&wall, DAY).await;
            assert_eq!(clock.now(), before.after(DAY), "and does not stand still");
            assert_eq!(twin.now(), clock.now());
            assert!(clock.wall() < clock.now());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_waited_for_has_come_when_the_wait_is_over() {
        let (wall, clock) = clocks();
        let start = clock.now();
        for leap in [0, 7, 1_000] {
            wall.fetch_add(leap, Ordering::Relaxed);
            let at = clock.now().after(Duration::from_millis(5));
            let until = clock.instant(at);
            assert_eq!(until - Instant::now(), Duration::from_millis(5));
            tokio::time::advance(Duration::from_millis(5)).await;
            assert!(clock.now() >= at);
        }
        assert!(
            clock.instant(start) <= Instant::now(),
            "what is past is due"
        );
    }
}
