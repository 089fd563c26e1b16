//! The room: a state machine that seats two people and orders what they say.
//!
//! An [`Input`] goes into [`Room::handle`], [`Outputs`] come out. Where they ask for an [append](Outputs::append), the
//! entry must be made durable and the result fed back before any other input: nothing is told as stored, and nothing
//! changes, before the journal has it.

mod commands;
mod io;
mod outcome;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::entry::{Entry, Event};
use crate::ids::{ConnectionId, EntryId, Epoch, Position, Seat, Seq, Timestamp};
use crate::presence::{Attendance, Presence};
use crate::seat_key::SeatKey;
use crate::turn::Floor;

pub use io::{Delivery, Input, Outputs};

/// What differs between kinds of room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// How long a seat is kept for someone absent; `None` for ever. Only the table has a limit (invariant I7).
    pub hold: Option<Duration>,
}

/// A journal whose entries cannot have come from this room's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal breaks at entry {found:?}, where {expected:?} was expected")]
pub struct BrokenJournal {
    /// The number that should have come.
    pub expected: Seq,
    /// The number that came.
    pub found: Seq,
}

/// Somebody who sits.
#[derive(Clone, Debug)]
struct Sitter {
    key: SeatKey,
    attendance: Attendance,
    /// What was said up to here was another's talk: whoever sits where someone left begins with that moment.
    sees_after: Seq,
}

/// One seat, taken or not.
#[derive(Clone, Debug, Default)]
struct Place {
    sitter: Option<Sitter>,
    /// The entry with which somebody left this seat last.
    left_at: Seq,
}

/// An entry on its way into the journal, and who waits for it.
#[derive(Clone, Debug)]
struct Pending {
    entry: Entry,
    cause: Cause,
}

#[derive(Clone, Copy, Debug)]
enum Cause {
    Join {
        connection: ConnectionId,
        position: Option<Position>,
    },
    Frame {
        connection: ConnectionId,
    },
    Absence,
}

/// Two seats, one floor, and the order of what happened. It lives for one [`Epoch`].
#[derive(Clone, Debug)]
pub struct Room {
    rules: Rules,
    epoch: Epoch,
    head: Seq,
    places: [Place; 2],
    floor: Floor,
    /// Every message ever said here, so that a repeat gets the first answer again (invariant I5).
    said: BTreeMap<(Seat, EntryId), (Seq, Timestamp)>,
    pending: Option<Pending>,
    /// No automatic append before this, after one that failed.
    retry_at: Timestamp,
}

impl Room {
    /// An empty room.
    #[must_use]
    pub fn new(rules: Rules, epoch: Epoch) -> Self {
        Self {
            rules,
            epoch,
            head: Seq::START,
            places: Default::default(),
            floor: Floor::default(),
            said: BTreeMap::new(),
            pending: None,
            retry_at: Timestamp::default(),
        }
    }

    /// A room as its journal left it. All absences count from `now`: nobody could have been seen while there was
    /// no server.
    ///
    /// # Errors
    /// [`BrokenJournal`] when the entries' numbers have a gap or a repetition.
    pub fn restore(
        rules: Rules,
        epoch: Epoch,
        entries: impl IntoIterator<Item = Entry>,
        now: Timestamp,
    ) -> Result<Self, BrokenJournal> {
        let mut room = Self::new(rules, epoch);
        for entry in entries {
            let expected = room.head.next();
            if entry.seq != expected {
                return Err(BrokenJournal {
                    expected,
                    found: entry.seq,
                });
            }
            room.apply(&entry, now);
        }
        Ok(room)
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Outputs {
        match input {
            Input::Join {
                connection,
                key,
                position,
            } => self.join(now, connection, key, position),
            Input::Frame { connection, frame } => self.frame(now, connection, frame),
            Input::Gone { connection } => {
                for sitter in self.sitters_mut() {
                    sitter.attendance.depart(connection, now);
                }
                Outputs::default()
            }
            Input::Appended => self.appended(now),
            Input::NotAppended => self.not_appended(now),
            Input::Wake => self.wake(now),
        }
    }

    /// When [`Input::Wake`] is due, if nothing happens before.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let announcements = Seat::BOTH
            .into_iter()
            .filter_map(|seat| self.sitter(seat)?.attendance.announce_at());
        let expiries = Seat::BOTH
            .into_iter()
            .filter_map(|seat| self.expires_at(seat))
            .map(|at| at.max(self.retry_at));
        announcements.chain(expiries).min()
    }

    /// Where the journal stands.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: self.head,
        }
    }

    /// Who may speak.
    #[must_use]
    pub fn floor(&self) -> &Floor {
        &self.floor
    }

    /// Who sits in `seat`.
    #[must_use]
    pub fn key(&self, seat: Seat) -> Option<SeatKey> {
        self.sitter(seat).map(|sitter| sitter.key)
    }

    /// What is known of the person in `seat`.
    #[must_use]
    pub fn presence(&self, seat: Seat) -> Presence {
        self.sitter(seat)
            .map_or(Presence::Vacant {}, |sitter| sitter.attendance.presence())
    }

    /// Whether anybody is connected.
    #[must_use]
    pub fn is_attended(&self) -> bool {
        Seat::BOTH
            .iter()
            .any(|&seat| !self.connections(seat).is_empty())
    }

    /// Folds one entry into the state. The only place where the journal's facts change.
    fn apply(&mut self, entry: &Entry, now: Timestamp) {
        self.head = entry.seq;
        let seat = entry.seat;
        let place = &mut self.places[seat.index()];
        match &entry.event {
            Event::Sit { key } => {
                place.sitter = Some(Sitter {
                    key: *key,
                    attendance: Attendance::absent(now),
                    sees_after: place.left_at,
                });
            }
            Event::Leave { .. } => {
                place.sitter = None;
                place.left_at = entry.seq;
            }
            Event::Say { id, end_turn, .. } => {
                self.said.insert((seat, *id), (entry.seq, entry.at));
                self.floor.say(*end_turn);
            }
            Event::Pass { .. } => self.floor.pass(),
        }
    }

    /// When the table gives up `seat` for its sitter's absence.
    fn expires_at(&self, seat: Seat) -> Option<Timestamp> {
        self.sitter(seat)?.attendance.absent_for(self.rules.hold?)
    }

    fn sitter(&self, seat: Seat) -> Option<&Sitter> {
        self.places[seat.index()].sitter.as_ref()
    }

    fn sitters_mut(&mut self) -> impl Iterator<Item = &mut Sitter> {
        self.places
            .iter_mut()
            .filter_map(|place| place.sitter.as_mut())
    }

    fn seat_of_key(&self, key: SeatKey) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|&seat| self.key(seat) == Some(key))
    }

    fn seat_of(&self, connection: ConnectionId) -> Option<Seat> {
        Seat::BOTH.into_iter().find(|&seat| {
            self.sitter(seat)
                .is_some_and(|sitter| sitter.attendance.connections().contains(&connection))
        })
    }

    fn first_vacant(&self) -> Option<Seat> {
        Seat::BOTH
            .into_iter()
            .find(|&seat| self.sitter(seat).is_none())
    }

    fn connections(&self, seat: Seat) -> Vec<ConnectionId> {
        self.sitter(seat).map_or_else(Vec::new, |sitter| {
            sitter.attendance.connections().iter().copied().collect()
        })
    }

    fn everyone(&self) -> Vec<ConnectionId> {
        Seat::BOTH
            .into_iter()
            .flat_map(|seat| self.connections(seat))
            .collect()
    }
}
