//! A journal that a test can hold up.

use async_trait::async_trait;
use duologue::journal::{AppendError, Journal, MemoryJournal, Unavailable};
use shared::{Entry, Epoch, Position, RoomId, Seq, Timestamp};
use tokio::sync::watch;

/// What waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Held {
    #[default]
    Nothing,
    Reads,
    Writes,
}

#[derive(Debug, Default)]
pub struct Slow {
    journal: MemoryJournal,
    held: watch::Sender<Held>,
    waiting: watch::Sender<usize>,
}

impl Slow {
    /// From here on these wait, and others no longer.
    pub fn hold(&self, held: Held) {
        self.held.send_replace(held);
    }

    /// Waits until somebody is waiting.
    pub async fn somebody_waits(&self) {
        let mut waiting = self.waiting.subscribe();
        let found = waiting.wait_for(|&count| count > 0).await;
        found.expect("the journal is there");
    }

    async fn pass(&self, kind: Held) {
        let mut held = self.held.subscribe();
        if *held.borrow_and_update() == kind {
            self.waiting.send_modify(|count| *count += 1);
            let released = held.wait_for(|&held| held != kind).await;
            released.expect("the journal is there");
        }
    }
}

#[async_trait]
impl Journal for Slow {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        self.journal.position(room).await
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        self.pass(Held::Writes).await;
        self.journal.append(room, expected, entries).await
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        self.pass(Held::Reads).await;
        self.journal.replay(room, epoch, after, limit).await
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        self.journal.forget(room, epoch).await
    }

    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable> {
        self.journal.is_over(room).await
    }

    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable> {
        self.journal.stale(before, after, limit).await
    }

    async fn check(&self) -> Result<(), Unavailable> {
        self.journal.check().await
    }
}
