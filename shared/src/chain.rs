//! The bytes that are signed and hashed. An entry names the hash of the entry before, so that a signature over it
//! covers everything its author has seen: nobody can reorder, drop or add anything unseen.

use sha2::{Digest as _, Sha256};

use crate::entry::{Entry, Event, LeaveReason, Sealed};
use crate::ids::{EntryHash, EntryId, Epoch, RoomId, Seat, Seq, Turn};
use crate::invite::Invite;
use crate::seat_key::{SeatKey, SeatSecret, Signature};
use crate::turn::{Change, Mode, Pace, Store};

const SIT: &[u8] = b"duologue.v1 sit\0";
const ENTRY: &[u8] = b"duologue.v1 entry\0";
const CHAIN: &[u8] = b"duologue.v1 chain\0";

/// One life of one room: nothing that is signed, hashed or sealed in one passes in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The room.
    pub room: RoomId,
    /// The journal's life.
    pub epoch: Epoch,
}

impl Scope {
    /// The room's length and name in ASCII, then the epoch.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let room = self.room.to_string();
        let length = u8::try_from(room.len()).unwrap_or(u8::MAX);
        let epoch = self.epoch.0.to_be_bytes();
        [&[length], room.as_bytes(), &epoch].concat()
    }

    /// What stands where the first entry's predecessor would.
    #[must_use]
    pub fn genesis(&self) -> EntryHash {
        hash(&[CHAIN, &self.bytes()])
    }
}

/// SHA-256 (FIPS 180-4) of some parts, one after another.
fn hash(parts: &[&[u8]]) -> EntryHash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    EntryHash(hasher.finalize().into())
}

/// What an entry says besides its number, time and signature, being written: all of fixed length but the scope and what
/// may be missing, which tell their own.
struct Content(Vec<u8>);

impl Content {
    fn new(scope: &Scope, prev: &EntryHash, seat: Seat, kind: u8) -> Self {
        let mut bytes = scope.bytes();
        bytes.reserve(192);
        Self(bytes).with(&prev.0).with(&[seat.into(), kind])
    }

    fn with(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Bodies stand here by their hash.
    fn with_body(self, body: &Sealed) -> Self {
        let body = hash(&[&body.0]);
        self.with(&body.0)
    }

    fn with_seen(self, seen: Option<Seq>) -> Self {
        match seen {
            Some(seq) => self.with(&[1]).with(&seq.0.to_be_bytes()),
            None => self.with(&[0]),
        }
    }

    fn with_change(self, change: Change) -> Self {
        self.with(&match change {
            Change::Mode(Mode::Strict) => [1, 1],
            Change::Mode(Mode::Free) => [1, 2],
            Change::Pace(Pace::Live) => [2, 1],
            Change::Pace(Pace::Relaxed) => [2, 2],
            Change::Pace(Pace::Correspondence) => [2, 3],
            Change::Pace(Pace::Letters) => [2, 4],
            Change::Store(Store::Server) => [3, 1],
            Change::Store(Store::Pages) => [3, 2],
        })
    }

    fn with_invite(self, invite: Option<&Invite>) -> Self {
        match invite {
            Some(Invite { key, sig }) => self.with(&[1]).with(&key.0).with(&sig.0),
            None => self.with(&[0]),
        }
    }
}

/// Where a message stands: what its sealed body is bound to, and the first part of what its author signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The talk.
    pub scope: Scope,
    /// The last entry its author has seen.
    pub prev: EntryHash,
    /// Its author.
    pub seat: Seat,
    /// Its name.
    pub id: EntryId,
    /// The turn it is said in.
    pub turn: Turn,
    /// Whether the turn ends with it.
    pub end_turn: bool,
    /// What its author had been shown, while both may speak.
    pub seen: Option<Seq>,
}

impl Header {
    fn content(&self) -> Content {
        Content::new(&self.scope, &self.prev, self.seat, 3)
            .with(&self.id.0)
            .with(&self.turn.0.to_be_bytes())
            .with(&[self.end_turn.into()])
            .with_seen(self.seen)
    }

    /// The associated data of the sealed body.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.content().0
    }
}

fn content(scope: &Scope, prev: &EntryHash, seat: Seat, event: &Event) -> Content {
    let of_kind = |kind| Content::new(scope, prev, seat, kind);
    match event {
        Event::Sit { key, invite } => of_kind(1).with(&key.0).with_invite(invite.as_ref()),
        Event::Leave { reason } => of_kind(2).with(&[match reason {
            LeaveReason::Asked => 1,
            LeaveReason::Absent => 2,
        }]),
        Event::Say {
            id,
            turn,
            end_turn,
            seen,
            sealed,
        } => {
            let header = Header {
                scope: *scope,
                prev: *prev,
                seat,
                id: *id,
                turn: *turn,
                end_turn: *end_turn,
                seen: *seen,
            };
            header.content().with_body(sealed)
        }
        Event::Pass { turn } => of_kind(4).with(&turn.0.to_be_bytes()),
        Event::Invite { invite } => of_kind(5).with_invite(Some(invite)),
        Event::Reseat { key, keyring } => of_kind(6).with(&key.0).with_body(keyring),
        Event::Claim { turn } => of_kind(7).with(&turn.0.to_be_bytes()),
        Event::Propose { change } => of_kind(8).with_change(*change),
        Event::Accept { proposal } => of_kind(9).with(&proposal.0.to_be_bytes()),
        Event::Decline { proposal } => of_kind(10).with(&proposal.0.to_be_bytes()),
        Event::Withdraw { proposal } => of_kind(11).with(&proposal.0.to_be_bytes()),
    }
}

/// What whoever sits down signs. They have seen nothing of the room yet, so no epoch, seat or entry is in it.
fn sit_bytes(room: &RoomId, key: &SeatKey, invite: Option<&Invite>) -> Vec<u8> {
    let sit = Content(SIT.to_vec()).with(&key.0).with_invite(invite);
    sit.with(room.to_string().as_bytes()).0
}

/// What the author of an event signs.
#[must_use]
pub fn signed_bytes(scope: &Scope, prev: &EntryHash, seat: Seat, event: &Event) -> Vec<u8> {
    match event {
        Event::Sit { key, invite } => sit_bytes(&scope.room, key, invite.as_ref()),
        _ => [ENTRY, &content(scope, prev, seat, event).0].concat(),
    }
}

impl Entry {
    /// Whether `key` signed it.
    #[must_use]
    pub fn is_signed_by(&self, scope: &Scope, key: &SeatKey) -> bool {
        let signed = || signed_bytes(scope, &self.prev, self.seat, &self.event);
        self.sig.is_some_and(|sig| key.has_signed(&signed(), &sig))
    }

    /// Its hash, which covers every field of it but the time, and by `prev` all before it. Who accepts an entry dates it,
    /// and when the server is lost in the middle of a message that can be two: it is the same entry all the same.
    #[must_use]
    pub fn hash(&self, scope: &Scope) -> EntryHash {
        let Content(content) = content(scope, &self.prev, self.seat, &self.event);
        let seq = self.seq.0.to_be_bytes();
        let sig = self.sig.map_or([0; 64], |sig| sig.0);
        hash(&[CHAIN, &seq, &content, &sig])
    }
}

impl SeatSecret {
    /// Signs what this seat wants to happen after `prev`.
    #[must_use]
    pub fn sign_event(
        &self,
        scope: &Scope,
        prev: &EntryHash,
        seat: Seat,
        event: &Event,
    ) -> Signature {
        self.sign(&signed_bytes(scope, prev, seat, event))
    }

    /// Signs the wish to sit in `room`.
    #[must_use]
    pub fn sign_sit(&self, room: &RoomId, invite: Option<&Invite>) -> Signature {
        self.sign(&sit_bytes(room, &self.key(), invite))
    }
}
