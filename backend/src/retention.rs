//! Conversations in which nothing was said for long go whole, on a server that was asked for it.
//!
//! What is deleted cannot be had back, and clocks are wrong at times: before they hear of the network's time, or while
//! somebody sets them. So nothing goes by a time that is not older than an hour. The wall clock is looked at every hour;
//! where it has gone on as the runtime's clock did, the time it shows is believed, and where it has not, because it was set
//! or the machine slept, another hour has to pass. A clock that is years ahead and comes back within the hour deletes
//! nothing.

use std::sync::Arc;
use std::time::Duration;

use shared::{Position, RoomId, Timestamp};
use tokio::time::{Instant, sleep};

use crate::clock::Clock;
use crate::hub::Hub;
use crate::journal::Unavailable;
use crate::room_task::over;

/// How often it is looked for them, unless the time they are kept is shorter.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How far two clocks of one machine may come apart between two looks: half a minute, and what is slewed in an hour.
const APART: Duration = Duration::from_secs(30);

/// Conversations looked up at once.
const PAGE: usize = 1024;

/// Purges now and then, until the server stops.
pub(crate) async fn run(hub: Arc<Hub>, kept: Duration) {
    let mut watch = Watch::begin(&hub.clock);
    loop {
        tokio::select! {
            () = sleep(kept.min(EVERY)) => {}
            () = hub.shutdown.stopping() => return,
        }
        let Some(now) = watch.look(&hub.clock) else {
            tracing::warn!(
                "the clock was set or the machine slept; nothing is purged until it has run evenly for a while"
            );
            continue;
        };
        if let Err(error) = purge(&hub, now, kept).await {
            tracing::error!(%error, "what is older than --retention could not be purged; it is tried again");
        }
    }
}

/// What the wall clock showed when it was looked at last, and when that was by the runtime's clock.
struct Watch {
    wall: Timestamp,
    at: Instant,
}

impl Watch {
    fn begin(clock: &Clock) -> Self {
        Self {
            wall: clock.wall(),
            at: Instant::now(),
        }
    }

    /// The time, where the clock has gone on evenly since the last look.
    fn look(&mut self, clock: &Clock) -> Option<Timestamp> {
        let now = Self::begin(clock);
        let before = std::mem::replace(self, now);
        let expected = before.wall.after(self.at - before.at);
        let apart = expected.0.abs_diff(self.wall.0);
        (u128::from(apart) <= APART.as_millis()).then(|| expected.min(self.wall))
    }
}

async fn purge(hub: &Hub, now: Timestamp, kept: Duration) -> Result<(), Unavailable> {
    let kept = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX);
    let before = Timestamp(now.0.saturating_sub(kept));
    let mut after = None;
    loop {
        let stale = hub.journal.stale(before, after, PAGE).await?;
        let Some((last, _)) = stale.last() else {
            return Ok(());
        };
        after = Some(*last);
        for (room, seen) in stale {
            if hub.shutdown.is_stopping() {
                return Ok(());
            }
            // Where somebody is, nothing is taken from under their feet.
            let Some(mut mailbox) = hub.take(room) else {
                continue;
            };
            match forget(hub, room, seen).await {
                Ok(true) => over::turn_away(hub, room, &mut mailbox),
                Ok(false) => hub.abandon(room, &mut mailbox),
                Err(error) => {
                    tracing::error!(%error, %room, "a conversation could not be purged");
                    hub.abandon(room, &mut mailbox);
                }
            }
        }
    }
}

/// Whether it was still as it was seen, and so is forgotten: somebody may have come, spoken and gone since.
async fn forget(hub: &Hub, room: RoomId, seen: Position) -> Result<bool, Unavailable> {
    if hub.journal.position(room).await? != Some(seen) {
        return Ok(false);
    }
    hub.journal.forget(room, seen.epoch).await?;
    hub.metrics.purged.inc();
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A wall clock and a runtime's clock, both moved by hand.
    struct Hands {
        shown: Arc<AtomicU64>,
        clock: Clock,
        watch: Watch,
    }

    const START: Timestamp = Timestamp(1_000_000_000_000);
    const YEARS: u64 = 30 * 365 * 24 * 60 * 60 * 1000;

    impl Hands {
        fn new() -> Self {
            let shown = Arc::new(AtomicU64::new(START.0));
            let wall = Arc::clone(&shown);
            let clock = Clock::following(move || Timestamp(wall.load(Ordering::Relaxed)));
            let watch = Watch::begin(&clock);
            Self {
                shown,
                clock,
                watch,
            }
        }

        /// An hour passes, and somebody sets the wall clock so far ahead or back.
        async fn hour(&mut self, set: i64) -> Option<Timestamp> {
            tokio::time::advance(EVERY).await;
            let shown = self.shown.load(Ordering::Relaxed) + 3_600_000;
            let set = shown.saturating_add_signed(set);
            self.shown.store(set, Ordering::Relaxed);
            // Rooms look at it all the time.
            let _ = self.clock.now();
            self.watch.look(&self.clock)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_goes_on_evenly_is_believed() {
        let mut hands = Hands::new();
        for hours in 1..4 {
            assert_eq!(hands.hour(0).await, Some(START.after(hours * EVERY)));
        }
        // As the network's time corrects it: the earlier of the two counts.
        assert_eq!(hands.hour(900).await, Some(START.after(4 * EVERY)));
        let behind = START.after(5 * EVERY - Duration::from_millis(100));
        assert_eq!(hands.hour(-1_000).await, Some(behind));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_leaps_and_comes_back_is_never_believed_where_it_was() {
        let years = i64::try_from(YEARS).expect("a number");
        let mut hands = Hands::new();
        assert_eq!(hands.hour(years).await, None);
        assert_eq!(hands.hour(-years).await, None);
        assert_eq!(hands.hour(0).await, Some(START.after(3 * EVERY)));
        // The clock that the rooms see is still where it was, and is not what counts.
        assert!(hands.clock.now().0 > START.0 + YEARS);
        // There and back between two looks.
        hands.shown.fetch_add(YEARS, Ordering::Relaxed);
        assert_eq!(hands.hour(-years).await, Some(START.after(4 * EVERY)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_stays_where_it_was_set_is_believed_an_hour_later() {
        for set in [3 * 60 * 60 * 1000, -600_000_i64] {
            let mut hands = Hands::new();
            assert_eq!(hands.hour(set).await, None);
            let there = START.0.saturating_add_signed(set);
            let there = Timestamp(there).after(2 * EVERY);
            assert_eq!(hands.hour(0).await, Some(there));
        }
    }
}
