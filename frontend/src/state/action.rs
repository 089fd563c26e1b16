//! What can happen to the view.

use serde::Serialize;
use shared::{
    Entry, EntryId, Fault, LinkSecret, Person, Receipt, SeatKey, Seq, ServerFrame, Timestamp, Turn,
};

use super::{Kept, Letter, Outbox, Refusal, View};
use crate::link::Path;
use crate::paths::Ways;

/// What changes the page; what changes every tab of a conversation can be told from one to the other.
#[derive(Clone, Debug, Serialize)]
pub enum Action {
    /// The hub spoke.
    Frame(ServerFrame, Timestamp),
    /// The path changed.
    Path(Path, Timestamp),
    /// What people are to carry to the other page.
    Code(Option<String>),
    /// There are other paths than before.
    Ways(Ways),
    /// The other said something that nobody has ordered yet.
    Ahead(Entry, Timestamp),
    /// How far the server is known to have the talk; `None`: all of it.
    Saved(Option<Seq>),
    /// The person wants the server to store again what is said.
    WantServer,
    /// The server's journal went on differently after this entry.
    Yield(Seq, Timestamp),
    /// What the server shows cannot be believed.
    Doubt(Fault, Timestamp),
    /// Time passed.
    Tick(Timestamp),
    /// Who I am, and what an earlier life of this page has left.
    #[serde(skip)]
    Restored(Box<Person>, Kept),
    /// What another tab of this conversation has made of what was unsent.
    Reread(Kept),
    /// What an earlier leader among the tabs may have kept last, without having told of it.
    Adopt(#[serde(serialize_with = "super::mirrored::outbox")] Outbox),
    /// What the tab that leads has come to.
    #[serde(skip)]
    Mirrored(Box<View>),
    /// The person wrote.
    Write(String),
    /// The person wants it said.
    Send {
        /// The message's name.
        id: EntryId,
        /// When.
        at: Timestamp,
        /// Whether the turn is to go on after it.
        more: bool,
    },
    /// A message was sealed, and is to be kept before it goes.
    Sealed(EntryId, Letter),
    /// A message was given to the path.
    Sent(EntryId, Letter),
    /// A message of mine is on record. The view knows that already; how it came there is of no account from now on.
    Settled(EntryId),
    /// A message that was not said goes back to the composer.
    TakeBack(EntryId),
    /// A held message is to be said after all: now, or in my next turn.
    QueueAgain {
        /// Which.
        id: EntryId,
        /// When the person said so.
        at: Timestamp,
    },
    /// The floor was asked for.
    Asked(Turn),
    /// The other was told how far I have come.
    Told(Receipt, Timestamp),
    /// What was said up to here was in view, and the person there.
    Read(Seq),
    /// The person wants to tell what they have read, or does not.
    TellReading(bool),
    /// The person allows a direct path to the other page, or does not.
    Allow(bool),
    /// This browser keeps nothing of the talk.
    Unkept(Timestamp),
    /// The person asked for what cannot be done now.
    #[serde(skip)]
    Refuse(Refusal),
    /// The person has made a new link, to be announced to the hub.
    NewLink(#[serde(serialize_with = "super::mirrored::link")] LinkSecret),
    /// The person has compared the safety words of these two keys, and they are the same.
    Verify([SeatKey; 2]),
    /// The person wants to be shown the talk again, whatever was wrong with it.
    Afresh,
}
