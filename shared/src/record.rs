//! What a room's entries add up to: who sits, by which invite, whose turn it is, and the hash of it all. The server
//! folds its journal into one, and so does each page; a page also checks every entry before.

mod check;
mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chain::Scope;
use crate::entry::{Entry, Event};
use crate::ids::{Bookmark, EntryHash, EntryId, Position, RoomId, Seat, Seq, Timestamp};
use crate::invite::{Invite, InviteKey};
use crate::seat_key::SeatKey;
use crate::turn::Floor;

pub use check::Fault;

/// Somebody who sits, as told to whoever comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitter {
    /// Their key.
    pub key: SeatKey,
    /// The word of the link by which the other seat is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Invite>,
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
        let outset = Outset {
            seq: Seq::START,
            hash,
            floor: Floor::default(),
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
            floor: Floor::default(),
            places: [place; 2],
            invite: None,
            said: BTreeMap::new(),
        }
    }

    /// Of the entries before `outset`, as far as whoever sits in `seat` may know.
    ///
    /// # Errors
    /// [`Fault::Forged`] when a very beginning is not this room's, or the link does not vouch for who sits there.
    pub fn begin(scope: Scope, seat: Seat, outset: Outset) -> Result<Self, Fault> {
        let mut record = Self::new(scope);
        if outset.seq == Seq::START {
            let told = record.places[0].outset == outset;
            return told
                .then_some(record)
                .ok_or(Fault::Forged { seq: outset.seq });
        }
        record.head = outset.seq;
        record.hash = outset.hash;
        record.generation = outset.seq;
        record.floor = outset.floor;
        record.places[seat.index()].outset = outset;
        // A conversation's seat is opened anew by an invite only, so its word for who made it is always there.
        let vouched = outset.peer.is_some_and(|Sitter { key, invite }| {
            invite.is_some_and(|invite| invite.vouches_for(&scope.room, &key))
        });
        if !vouched && scope.room != RoomId::Table {
            return Err(Fault::Forged { seq: outset.seq });
        }
        if let Some(Sitter { key, invite }) = outset.peer {
            let peer = &mut record.places[seat.other().index()];
            (peer.key, peer.spoke) = (Some(key), true);
            record.invite = invite.map(|invite| Standing {
                key: invite.key,
                by: seat.other(),
                open: true,
            });
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
                self.floor.say(*end_turn);
            }
            Event::Pass { .. } => self.floor.pass(),
            Event::Invite { invite } => {
                self.invite = Some(Standing {
                    key: invite.key,
                    by: seat,
                    open: true,
                });
                self.vacate(seat.other(), Some(*invite));
            }
            Event::Reseat { key, .. } => {
                self.places[seat.other().index()].key = Some(*key);
                self.generation = entry.seq;
            }
        }
    }

    /// Nobody sits in `seat` any more, and whoever comes next begins here. Called when all else has been taken in.
    fn vacate(&mut self, seat: Seat, invite: Option<Invite>) {
        let peer = self.key(seat.other()).map(|key| Sitter { key, invite });
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
