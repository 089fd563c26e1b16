//! Conversations in which nothing was said for long go whole, on a server that was asked for it.

use std::sync::Arc;
use std::time::Duration;

use shared::{Position, RoomId, Timestamp};
use tokio::time::sleep;

use crate::hub::Hub;
use crate::journal::Unavailable;
use crate::room_task::over;

/// How often it is looked for them, unless the time they are kept is shorter.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Conversations looked up at once.
const PAGE: usize = 1024;

/// Purges at the start and then now and then, until the server stops.
pub(crate) async fn run(hub: Arc<Hub>, kept: Duration) {
    while !hub.shutdown.is_stopping() {
        if let Err(error) = purge(&hub, kept).await {
            tracing::error!(%error, "what is older than --retention could not be purged; it is tried again");
        }
        tokio::select! {
            () = sleep(kept.min(EVERY)) => {}
            () = hub.shutdown.stopping() => {}
        }
    }
}

async fn purge(hub: &Hub, kept: Duration) -> Result<(), Unavailable> {
    let kept = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX);
    let before = Timestamp(hub.clock.now().0.saturating_sub(kept));
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
