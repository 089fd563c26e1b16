//! Where a room's entries are kept. One trait, one contract (`tests/journal_contract.rs`), several homes.

mod archive;
mod memory;
mod sqlite;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use shared::{Entry, EntryId, Epoch, Position, RoomId, Seq, Timestamp};

pub use archive::{Archive, ArchiveError, Found};
pub use memory::MemoryJournal;
pub use sqlite::{OpenError, Progress, SqliteJournal};

/// Why an append did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The journal stands elsewhere than expected: another writer was first. Catch up, then decide again.
    #[error("the journal stands at {actual:?}")]
    Conflict {
        /// Where it stands; `None` when there is no such room.
        actual: Option<Position>,
    },
    /// The message is in the journal already (invariant I5).
    #[error("message {id} is in the journal already")]
    Duplicate {
        /// Which message.
        id: EntryId,
    },
    /// The room is over, see [`Journal::is_over`].
    #[error("the conversation is over")]
    Over,
    /// The journal does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The journal cannot read or write at the moment; what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// An append-only list of entries for each room.
///
/// An acknowledged append survives whatever this journal promises to survive, and its entries are never changed.
#[async_trait]
pub trait Journal: std::fmt::Debug + Send + Sync + 'static {
    /// Where a room's journal stands; `None` for a room without one.
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable>;

    /// Appends entries behind `expected`, all or none. A room without a journal begins one when `expected.seq` is 0,
    /// with `expected.epoch` as its epoch.
    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError>;

    /// The entries of an epoch with `after < seq`, in order, at most `limit`. Empty at the end, and for an epoch
    /// that is over.
    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable>;

    /// Ends an epoch: its entries are gone. At the table the next append begins another; a conversation has but one life,
    /// and is over.
    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable>;

    /// Whether this was a conversation that is over: nothing can ever be appended to it. The table never is.
    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable>;

    /// Conversations whose last entry is from before `before`, and where each stands: at most `limit`, in an order of the
    /// journal's own, those that come after the conversation `after` in it.
    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable>;

    /// Whether the journal answers.
    async fn check(&self) -> Result<(), Unavailable>;

    /// Adds what this journal measures of itself to the metrics.
    fn register(&self, _registry: &mut Registry) {}
}
