//! The journal in memory: fast, and gone with the process.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use shared::{Entry, EntryId, Epoch, Event, Position, RoomId, Seat, Seq, Timestamp};

use super::{AppendError, Journal, Unavailable};

/// Bytes of memory that all rooms together may take by default.
const CAPACITY: usize = 512 * 1024 * 1024;

/// What an entry takes besides its words, here and in its room, about.
const ENTRY_OVERHEAD: usize = 512;

/// What the name of a conversation that is over takes, about.
const NAME: usize = 64;

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

/// All rooms' entries, and what they take.
#[derive(Debug, Default)]
struct Shelf {
    logs: BTreeMap<RoomId, Log>,
    /// The names of conversations that are over.
    over: BTreeSet<RoomId>,
    bytes: usize,
}

/// Keeps every room's entries in memory, up to a limit; what does not fit is refused.
#[derive(Debug)]
pub struct MemoryJournal {
    shelf: Mutex<Shelf>,
    capacity: usize,
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl MemoryJournal {
    /// A journal that takes about this many bytes and no more.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self {
            shelf: Mutex::default(),
            capacity: bytes,
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // No code panics while it holds the lock, and each change is whole before the lock is let go.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an entry takes, about.
fn size(entry: &Entry) -> usize {
    match &entry.event {
        Event::Say { sealed, .. } => ENTRY_OVERHEAD + sealed.0.len(),
        Event::Reseat { keyring, .. } => ENTRY_OVERHEAD + keyring.0.len(),
        _ => ENTRY_OVERHEAD,
    }
}

/// The identity of a message among a room's entries.
fn message(entry: &Entry) -> Option<(Seat, EntryId)> {
    entry.message().map(|id| (entry.seat, id))
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        Ok(self.shelf().logs.get(&room).map(Log::position))
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        let Shelf {
            logs,
            bytes: used,
            over,
        } = &mut *self.shelf();
        if over.contains(&room) {
            return Err(AppendError::Over);
        }
        let mut begun = None;
        let log = match logs.get_mut(&room) {
            Some(log) if log.position() == expected => log,
            None if expected.seq == Seq::START => begun.insert(Log {
                epoch: expected.epoch,
                entries: Vec::new(),
                said: HashSet::new(),
            }),
            found => {
                let actual = found.map(|log| log.position());
                return Err(AppendError::Conflict { actual });
            }
        };
        let mut ids: Vec<_> = entries.iter().filter_map(message).collect();
        ids.sort_unstable();
        let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
        let twice = twice.map(|pair| pair[0]);
        let before = || ids.iter().find(|id| log.said.contains(id)).copied();
        if let Some((_, id)) = twice.or_else(before) {
            return Err(AppendError::Duplicate { id });
        }
        let bytes: usize = entries.iter().map(size).sum();
        if *used + bytes > self.capacity {
            let full = format!(
                "the memory for entries ({} bytes) is used up",
                self.capacity
            );
            return Err(Unavailable(full).into());
        }
        *used += bytes;
        log.said.extend(ids);
        log.entries.extend(entries);
        if let Some(log) = begun {
            logs.insert(room, log);
        }
        Ok(())
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        let shelf = self.shelf();
        let Some(log) = shelf.logs.get(&room).filter(|log| log.epoch == epoch) else {
            return Ok(Vec::new());
        };
        let start = log.entries.partition_point(|entry| entry.seq <= after);
        Ok(log.entries[start..].iter().take(limit).cloned().collect())
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        let mut shelf = self.shelf();
        let over = shelf.logs.get(&room).filter(|log| log.epoch == epoch);
        if let Some(bytes) = over.map(|log| log.entries.iter().map(size).sum::<usize>()) {
            shelf.logs.remove(&room);
            shelf.bytes -= bytes;
            if room != RoomId::Table {
                shelf.over.insert(room);
                shelf.bytes += NAME;
            }
        }
        Ok(())
    }

    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable> {
        Ok(self.shelf().over.contains(&room))
    }

    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable> {
        let shelf = self.shelf();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let stale = |log: &Log| log.entries.last().is_some_and(|last| last.at < before);
        let found = shelf
            .logs
            .range((from, Bound::Unbounded))
            .filter(|(room, log)| **room != RoomId::Table && stale(log));
        let found = found.map(|(room, log)| (*room, log.position()));
        Ok(found.take(limit).collect())
    }

    async fn check(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
