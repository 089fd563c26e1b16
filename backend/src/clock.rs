//! The time the rules see: it starts at the wall clock and then runs evenly, so that a clock set back moves nothing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::Timestamp;
use tokio::time::Instant;

/// Milliseconds since the Unix epoch, as read at the start plus the time that has passed since.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
    wall: Timestamp,
}

impl Clock {
    /// Reads the wall clock once.
    #[must_use]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Self::starting_at(Timestamp::default().after(since_epoch))
    }

    /// A clock that shows `wall` now, and runs on from there with the runtime's time.
    #[must_use]
    pub fn starting_at(wall: Timestamp) -> Self {
        Self {
            origin: Instant::now(),
            wall,
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.wall.after(self.origin.elapsed())
    }

    /// The moment `at` on the runtime's clock, to wait for it.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> Instant {
        self.origin + Duration::from_millis(at.0.saturating_sub(self.wall.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The runtime's clock is stopped and moved by hand here, while the wall clock goes where it likes.
    #[tokio::test(start_paused = true)]
    async fn the_wall_clock_is_read_once_and_moves_nothing_after() {
        let clock = Clock::start();
        let start = clock.now();
        assert_eq!(clock.now(), start, "stopped");
        for hours in [1, 24, 24 * 365] {
            let before = clock.now();
            let step = Duration::from_secs(60 * 60 * hours);
            tokio::time::advance(step).await;
            assert_eq!(clock.now(), before.after(step));
        }
        let at = clock.now().after(Duration::from_millis(5));
        assert_eq!(clock.instant(at) - Instant::now(), Duration::from_millis(5));
        assert_eq!(clock.instant(start), clock.origin, "what is past is due");
    }
}
