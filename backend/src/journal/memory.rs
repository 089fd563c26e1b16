//! The journal in memory: fast, and gone with the process.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use shared::{Entry, EntryId, Epoch, Event, Position, RoomId, Seat, Seq};

use super::{AppendError, Journal, Unavailable};

/// One room's entries.
#[derive(Debug)]
struct Log {
    epoch: Epoch,
    entries: Vec<Entry>,
    said: HashSet<(Seat, EntryId)>,
}

impl Log {
    fn position(&self) -> Position {
        let seq = self.entries.last().map_or(Seq::START, |entry| entry.seq);
        Position {
            epoch: self.epoch,
            seq,
        }
    }
}

/// Keeps every room's entries in memory.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    logs: Mutex<HashMap<RoomId, Log>>,
}

impl MemoryJournal {
    fn logs(&self) -> MutexGuard<'_, HashMap<RoomId, Log>> {
        // No code panics while it holds the lock, and each change is whole before the lock is let go.
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The identity of a message among a room's entries.
fn message(entry: &Entry) -> Option<(Seat, EntryId)> {
    match entry.event {
        Event::Say { id, .. } => Some((entry.seat, id)),
        _ => None,
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        Ok(self.logs().get(&room).map(Log::position))
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        let mut logs = self.logs();
        let actual = logs.get(&room).map(Log::position);
        let begins = actual.is_none() && expected.seq == Seq::START;
        if actual != Some(expected) && !begins {
            return Err(AppendError::Conflict { actual });
        }
        let log = logs.entry(room).or_insert_with(|| Log {
            epoch: expected.epoch,
            entries: Vec::new(),
            said: HashSet::new(),
        });

        let mut fresh = HashSet::new();
        for (seat, id) in entries.iter().filter_map(message) {
            if log.said.contains(&(seat, id)) || !fresh.insert((seat, id)) {
                return Err(AppendError::Duplicate { id });
            }
        }
        log.said.extend(fresh);
        log.entries.extend(entries);
        Ok(())
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        let logs = self.logs();
        let Some(log) = logs.get(&room).filter(|log| log.epoch == epoch) else {
            return Ok(Vec::new());
        };
        let start = log.entries.partition_point(|entry| entry.seq <= after);
        Ok(log.entries[start..].iter().take(limit).cloned().collect())
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        let mut logs = self.logs();
        if logs.get(&room).is_some_and(|log| log.epoch == epoch) {
            logs.remove(&room);
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
