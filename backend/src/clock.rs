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
