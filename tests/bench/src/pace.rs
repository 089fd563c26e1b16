//! When the next message of a conversation may go.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The server takes 50 frames a second from a connection in the long run, and 200 at once. The load stays below both,
/// or it would measure refusals.
const FRAMES_A_SECOND: u32 = 48;
const FRAMES_AT_ONCE: u32 = 150;

/// Messages a second that so many conversations may have: each end says every second one.
pub(crate) fn most_a_second(rooms: u32) -> f64 {
    f64::from(rooms) * f64::from(2 * FRAMES_A_SECOND)
}

/// A schedule that may be run behind, never ahead by more than its slack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    next: Instant,
    interval: Duration,
    slack: Duration,
}

impl Pace {
    /// As fast as the answers come.
    pub(crate) fn unbounded(start: Instant) -> Self {
        Self {
            next: start,
            interval: Duration::ZERO,
            slack: Duration::ZERO,
        }
    }

    /// As fast as the answers come, within what the server takes.
    pub(crate) fn bounded(start: Instant) -> Self {
        let interval = Duration::from_secs(1) / (2 * FRAMES_A_SECOND);
        Self {
            next: start,
            interval,
            slack: interval * (2 * FRAMES_AT_ONCE),
        }
    }

    /// So many messages a second over all `rooms`, those of the rooms one after another.
    pub(crate) fn steady(start: Instant, rate: f64, rooms: u32, room: u32) -> Self {
        let interval = Duration::from_secs_f64(f64::from(rooms) / rate);
        Self {
            next: start + interval.mul_f64(f64::from(room) / f64::from(rooms)),
            interval,
            slack: Duration::ZERO,
        }
    }

    /// Returns when the next message may go.
    pub(crate) async fn wait(&mut self) {
        let due = self.due();
        // Most messages are due when they are asked for, and a timer is not free.
        if Instant::now() < due {
            sleep_until(due).await;
        }
    }

    fn due(&mut self) -> Instant {
        let due = self.next.checked_sub(self.slack).unwrap_or(self.next);
        self.next += self.interval;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_pace_stays_below_what_the_server_takes() {
        let start = Instant::now();
        let mut pace = Pace::bounded(start);
        let messages = 3000;
        let last = (0..messages).map(|_| pace.due()).last().unwrap();
        let taken = 200.0 + 50.0 * (last - start).as_secs_f64();
        assert!(f64::from(messages / 2) < taken);
    }

    #[test]
    fn at_a_steady_rate_the_rooms_speak_one_after_another() {
        let start = Instant::now();
        let mut first = Pace::steady(start, 100.0, 4, 0);
        let mut second = Pace::steady(start, 100.0, 4, 1);
        assert_eq!(first.due() - start, Duration::ZERO);
        assert_eq!(second.due() - start, Duration::from_millis(10));
        assert_eq!(first.due() - start, Duration::from_millis(40));
    }

    #[test]
    fn an_unbounded_pace_is_always_due() {
        let start = Instant::now();
        let mut pace = Pace::unbounded(start);
        assert_eq!((pace.due(), pace.due()), (start, start));
    }
}
