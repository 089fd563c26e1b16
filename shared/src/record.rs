//! What a room's entries add up to: who sits, by which invite, whose turn it is, and the hash of it all. The server
//! folds its journal into one, and so does each page; a page also checks every entry before.

mod agreement;
mod check;
mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chain::Scope;
use crate::entry::{Entry, Event};
use crate::ids::{Bookmark, EntryHash, EntryId, Position, RoomId, Seat, Seq, Timestamp};
use crate::invite::{Invite, InviteKey};
use crate::seat_key::{SeatKey, Signature};
use crate::turn::Floor;

pub use agreement::Proposal;
pub use check::Fault;

use agreement::Proposals;

/// Somebody who sits, as told to whoever comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitter {
    /// Their key.
    pub key: SeatKey,
    /// How they opened the other seat. At the table nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opening>,
}

/// The `invite` entry with which an [`Outset`] begins, as far as the outset does not say it already: so that nobody can
/// make a talk begin where it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The hash of the entry before.
    pub prev: EntryHash,
    /// The link's word for whoever opened the seat.
    pub invite: Invite,
    /// Their signature.
    pub sig: Signature,
}

/// Where what a seat may see begins: what was said before somebody left it, or before it was opened anew, is another's
/// talk. In a new room it is the very beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outset {
    /// The last entry that is not shown.
    pub seq: Seq,
    /// Its hash.
    pub hash: EntryHash,
    /// The floor at that moment.
    pub floor: Floor,
    /// Who sat in the other seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<Sitter>,
}

impl Outset {
    /// The entry it begins with, done by whoever sits in `by`.
    fn opening(&self, by: Seat) -> Option<Entry> {
        let Opening { prev, invite, sig } = self.peer?.opened?;
        Some(Entry {
            seq: self.seq,
            // No hash covers it.
            at: Timestamp::default(),
            seat: by,
            prev,
            event: Event::Invite { invite },
            sig: Some(sig),
        })
    }
}

/// What an outset has to say of the entry that opened a seat.
fn opening(entry: &Entry, invite: Invite) -> Option<Opening> {
    let prev = entry.prev;
    entry.sig.map(|sig| Opening { prev, invite, sig })
}

/// The invite by which a seat is or was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    key: InviteKey,
    by: Seat,
    /// Whether nobody has come by it yet.
    open: bool,
}

/// One seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    key: Option<SeatKey>,
    /// Whether who sits here has said anything.
    spoke: bool,
    outset: Outset,
}

/// The fold of a room's entries, for one life of its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    scope: Scope,
    head: Seq,
    hash: EntryHash,
    /// The last entry that changed who can read what is said.
    generation: Seq,
    floor: Floor,
    proposals: Proposals,
    places: [Place; 2],
    invite: Option<Standing>,
    /// Every message ever said here, so that a repeat gets the first answer again (invariant I5).
    said: BTreeMap<(Seat, EntryId), (Seq, Timestamp)>,
}

impl Record {
    /// Of no entries.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let hash = scope.genesis();
        let floor = Floor::new(scope.room);
        let outset = Outset {
            seq: Seq::START,
            hash,
            floor,
            peer: None,
        };
        let place = Place {
            key: None,
            spoke: false,
            outset,
        };
        Self {
            scope,
            head: Seq::START,
            hash,
            generation: Seq::START,
            floor,
            proposals: Proposals::default(),
            places: [place; 2],
            invite: None,
            said: BTreeMap::new(),
        }
    }

    /// Of the entries before `outset`, as far as whoever sits in `seat` may know.
    ///
    /// # Errors
    /// [`Fault::Forged`] when a very beginning is not this room's, when something is agreed although nobody was there to
    /// agree with, or when the entry that opened the seat is not what it says: vouched for by a link, signed by who sits
    /// there, and with the hash that is told.
    pub fn begin(scope: Scope, seat: Seat, outset: Outset) -> Result<Self, Fault> {
        let mut record = Self::new(scope);
        if outset.seq == Seq::START {
            let told = record.places[0].outset == outset;
            return told
                .then_some(record)
                .ok_or(Fault::Forged { seq: outset.seq });
        }
        if !outset.floor.is_unagreed(scope.room) {
            return Err(Fault::Forged { seq: outset.seq });
        }
        record.head = outset.seq;
        record.hash = outset.hash;
        record.generation = outset.seq;
        record.floor = outset.floor;
        record.places[seat.index()].outset = outset;
        if let Some(Sitter { key, opened }) = outset.peer {
            let peer = &mut record.places[seat.other().index()];
            (peer.key, peer.spoke) = (Some(key), true);
            record.invite = opened.map(|opened| Standing {
                key: opened.invite.key,
                by: seat.other(),
                open: true,
            });
        }
        // A conversation's seat is opened anew by an invite only, and that is the entry the outset names.
        let opened = outset.opening(seat.other());
        let authentic = opened
            .is_some_and(|entry| record.is_authentic(&entry) && entry.hash(&scope) == outset.hash);
        if !authentic && scope.room != RoomId::Table {
            return Err(Fault::Forged { seq: outset.seq });
        }
        Ok(record)
    }

    /// Takes in the next entry. The only place where what is known changes.
    pub fn apply(&mut self, entry: &Entry) {
        let seat = entry.seat;
        self.head = entry.seq;
        self.hash = entry.hash(&self.scope);
        match &entry.event {
            Event::Sit { key, invite } => {
                let outset = self.places[seat.index()].outset;
                self.places[seat.index()] = Place {
                    key: Some(*key),
                    spoke: false,
                    outset,
                };
                let by = self.invite.map_or(seat, |standing| standing.by);
                let first = self.invite.is_none();
                self.invite = invite.map(|invite| Standing {
                    key: invite.key,
                    by,
                    open: first,
                });
                self.generation = entry.seq;
            }
            Event::Leave { .. } => {
                if let Some(standing) = &mut self.invite {
                    standing.open = false;
                }
                self.vacate(seat, None);
            }
            Event::Say { id, end_turn, .. } => {
                self.said.insert((seat, *id), (entry.seq, entry.at));
                self.places[seat.index()].spoke = true;
                self.floor.say(seat, *end_turn);
            }
            Event::Pass { .. } => self.floor.pass(),
            Event::Claim { .. } => self.floor.claim(),
            Event::Propose { .. }
            | Event::Accept { .. }
            | Event::Decline { .. }
            | Event::Withdraw { .. } => {
                if let Some(change) = self.proposals.apply(seat, entry.seq, &entry.event) {
                    self.floor.change(change, entry.seq);
                }
                self.proposals.settle(&self.floor);
            }
            Event::Invite { invite } => {
                self.invite = Some(Standing {
                    key: invite.key,
                    by: seat,
                    open: true,
                });
                self.vacate(seat.other(), opening(entry, *invite));
            }
            Event::Reseat { key, .. } => {
                self.places[seat.other().index()].key = Some(*key);
                self.generation = entry.seq;
            }
        }
    }

    /// Nobody sits in `seat` any more, and whoever comes next begins here. Called when all else has been taken in.
    fn vacate(&mut self, seat: Seat, opened: Option<Opening>) {
        let peer = self.key(seat.other()).map(|key| Sitter { key, opened });
        // What was agreed was agreed with them.
        self.proposals = Proposals::default();
        self.floor.part(self.scope.room);
        let outset = Outset {
            seq: self.head,
            hash: self.hash,
            floor: self.floor,
            peer,
        };
        self.places[seat.index()] = Place {
            key: None,
            spoke: false,
            outset,
        };
        self.generation = self.head;
    }

    /// Which talk it is.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// How far it reaches.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            epoch: self.scope.epoch,
            seq: self.head,
        }
    }

    /// How far it reaches, and the hash of all that is in it.
    #[must_use]
    pub fn bookmark(&self) -> Bookmark {
        Bookmark {
            epoch: self.scope.epoch,
            seq: self.head,
            hash: self.hash,
        }
    }

    /// The last entry that changed who can read what is said: bodies are sealed with a key of their own after each.
    #[must_use]
    pub fn generation(&self) -> Seq {
        self.generation
    }

    /// Who may speak.
    #[must_use]
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// Who sits in `seat`.
    #[must_use]
    pub fn key(&self, seat: Seat) -> Option<SeatKey> {
        self.places[seat.index()].key
    }

    /// Who sits, seat 1 first.
    #[must_use]
    pub fn keys(&self) -> [Option<SeatKey>; 2] {
        self.places.map(|place| place.key)
    }

    /// Where the holder of `key` sits.
    #[must_use]
    pub fn seat_of(&self, key: &SeatKey) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|&seat| self.key(seat).as_ref() == Some(key))
    }

    /// The first seat that nobody holds.
    #[must_use]
    pub fn first_vacant(&self) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|&seat| self.key(seat).is_none())
    }

    /// The invite by which the last seat was taken or can be; at the table there is none.
    #[must_use]
    pub fn invite_key(&self) -> Option<InviteKey> {
        self.invite.map(|standing| standing.key)
    }

    /// Whether somebody with the right link can sit down.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.invite.is_none_or(|standing| standing.open)
    }

    /// Where what `seat` may see begins.
    #[must_use]
    pub fn outset(&self, seat: Seat) -> Outset {
        self.places[seat.index()].outset
    }

    /// What was answered to a message the first time.
    #[must_use]
    pub fn answered(&self, seat: Seat, id: EntryId) -> Option<(Seq, Timestamp)> {
        self.said.get(&(seat, id)).copied()
    }
}
