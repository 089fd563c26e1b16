//! The room: a state machine that seats two people and orders what they say.
//!
//! An [`Input`] goes into [`Room::handle`], [`Outputs`] come out. Where they ask for an [append](Outputs::append), the
//! entry must be made durable and the result fed back before any other input: nothing is told as stored, and nothing
//! changes, before the journal has it.

mod absence;
mod adopt;
mod commands;
mod io;
mod outcome;
mod upload;

use std::time::Duration;

use crate::chain::Scope;
use crate::entry::{Entry, Event};
use crate::ids::{
    Bookmark, ConnectionId, EntryHash, Epoch, Position, RoomId, Seat, Seq, Timestamp, Turn,
};
use crate::presence::{Attendance, Presence};
use crate::receipt::Receipt;
use crate::record::{Fault, Record};
use crate::seat_key::SeatKey;
use crate::turn::Floor;

pub use io::{Delivery, Input, Outputs, Sit};

/// What differs between rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its name, to which all that is signed in it is bound.
    pub room: RoomId,
    /// How long a seat is kept for someone absent; `None` for ever. Only the table has a limit (invariant I7).
    pub hold: Option<Duration>,
}

/// A journal whose entries cannot have come from this room's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal is broken: {0}")]
pub struct BrokenJournal(pub Fault);

/// Entries on their way into the journal, and who waits for them.
#[derive(Clone, Debug)]
struct Pending {
    entries: Vec<Entry>,
    cause: Cause,
}

#[derive(Clone, Copy, Debug)]
enum Cause {
    Join {
        connection: ConnectionId,
        position: Option<Bookmark>,
    },
    Frame {
        connection: ConnectionId,
    },
    Upload {
        connection: ConnectionId,
    },
    Absence,
}

/// Two seats, one floor, and the order of what happened. It lives for one [`Epoch`].
#[derive(Clone, Debug)]
pub struct Room {
    rules: Rules,
    record: Record,
    /// The entry before the first that is known here.
    base: Seq,
    /// The hash after each entry, that of `base` first: whoever comes back is held against it (invariant I6).
    hashes: Vec<EntryHash>,
    /// Whether a server keeps it, which sees who comes and who is away. Two pages alone see only each other.
    witnessed: bool,
    /// What the last entry is dated; none after it is dated earlier, whatever the clock says.
    dated: Timestamp,
    attendance: [Option<Attendance>; 2],
    /// How far whoever sits has come, in their own word. No fact of the journal: after a restart each tells it again.
    receipts: [Option<Receipt>; 2],
    /// Since when the turn has been this one, as far as was seen here.
    floor_since: Timestamp,
    /// The turn in which the floor was asked for.
    asked: Option<Turn>,
    /// The moment from which the floor can be taken, once that was told.
    claimable_told: Option<Timestamp>,
    pending: Option<Pending>,
    /// No automatic append before this, after one that failed.
    retry_at: Timestamp,
}

impl Room {
    /// An empty room.
    #[must_use]
    pub fn new(rules: Rules, epoch: Epoch) -> Self {
        let room = rules.room;
        let record = Record::new(Scope { room, epoch });
        Self {
            rules,
            base: Seq::START,
            hashes: vec![record.bookmark().hash],
            witnessed: true,
            record,
            dated: Timestamp::default(),
            attendance: [None, None],
            receipts: [None, None],
            floor_since: Timestamp::default(),
            asked: None,
            claimable_told: None,
            pending: None,
            retry_at: Timestamp::default(),
        }
    }

    /// A room as its journal left it. All absences count from `now`: nobody could have been seen while there was
    /// no server.
    ///
    /// # Errors
    /// [`BrokenJournal`] when an entry does not follow upon the one before it.
    pub fn restore(
        rules: Rules,
        epoch: Epoch,
        entries: impl IntoIterator<Item = Entry>,
        now: Timestamp,
    ) -> Result<Self, BrokenJournal> {
        let mut room = Self::new(rules, epoch);
        for entry in entries {
            room.record.follows(&entry).map_err(BrokenJournal)?;
            room.apply(&entry, now);
        }
        room.floor_since = now;
        Ok(room)
    }

    /// Takes one input and says what is to be done.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Outputs {
        match input {
            Input::Join {
                connection,
                sit,
                position,
            } => self.join(now, connection, sit, position),
            Input::Frame { connection, frame } => self.frame(now, connection, frame),
            Input::Gone { connection } => {
                for attendance in self.attendance.iter_mut().flatten() {
                    attendance.depart(connection, now);
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
            .filter_map(|seat| self.attendance(seat)?.announce_at());
        let expiries = Seat::BOTH
            .into_iter()
            .filter_map(|seat| self.expires_at(seat))
            .map(|at| at.max(self.retry_at));
        announcements
            .chain(expiries)
            .chain(self.claimable_at())
            .min()
    }

    /// Where the journal stands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.record.position()
    }

    /// Who may speak.
    #[must_use]
    pub fn floor(&self) -> &Floor {
        self.record.floor()
    }

    /// Who sits in `seat`.
    #[must_use]
    pub fn key(&self, seat: Seat) -> Option<SeatKey> {
        self.record.key(seat)
    }

    /// What the entries add up to.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What is known of the person in `seat`.
    #[must_use]
    pub fn presence(&self, seat: Seat) -> Presence {
        self.attendance(seat)
            .map_or(Presence::Vacant {}, Attendance::presence)
    }

    /// Whether both seats are vacant after a talk.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.record.keys() == [None, None] && self.position().seq > Seq::START
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
        let turn = self.floor().turn;
        self.record.apply(entry);
        if self.floor().turn != turn {
            self.floor_since = now;
        }
        self.hashes.push(self.record.bookmark().hash);
        self.dated = entry.at;
        let [mine, peer] = [entry.seat, entry.seat.other()].map(Seat::index);
        // The word of whoever sat there is not the word of whoever does now.
        match &entry.event {
            Event::Sit { .. } | Event::Leave { .. } => self.receipts[mine] = None,
            Event::Invite { .. } | Event::Reseat { .. } => self.receipts[peer] = None,
            _ => {}
        }
        let departs = match &entry.event {
            Event::Leave { .. } => Some(entry.seat),
            Event::Invite { .. } => Some(entry.seat.other()),
            _ => None,
        };
        // Whoever sits there next has asked for nothing.
        if departs == Some(self.floor().holder.other()) {
            self.asked = None;
        }
        match &entry.event {
            Event::Sit { .. } => self.attendance[mine] = Some(Attendance::absent(now)),
            Event::Leave { .. } => self.attendance[mine] = None,
            Event::Invite { .. } => self.attendance[peer] = None,
            Event::Reseat { .. } => self.attendance[peer] = Some(Attendance::absent(now)),
            _ => {}
        }
    }

    /// The hash after this entry, where it is known.
    fn hash_after(&self, seq: Seq) -> Option<&EntryHash> {
        let at = seq.0.checked_sub(self.base.0)?;
        self.hashes.get(usize::try_from(at).ok()?)
    }

    /// When the table gives up `seat` for its sitter's absence.
    fn expires_at(&self, seat: Seat) -> Option<Timestamp> {
        self.attendance(seat)?.absent_for(self.rules.hold?)
    }

    fn attendance(&self, seat: Seat) -> Option<&Attendance> {
        self.attendance[seat.index()].as_ref()
    }

    fn seat_of(&self, connection: ConnectionId) -> Option<Seat> {
        let connected = |seat: &Seat| {
            self.attendance(*seat)
                .is_some_and(|attendance| attendance.connections().contains(&connection))
        };
        Seat::BOTH.into_iter().find(connected)
    }

    fn connections(&self, seat: Seat) -> Vec<ConnectionId> {
        self.attendance(seat).map_or_else(Vec::new, |attendance| {
            attendance.connections().iter().copied().collect()
        })
    }

    fn everyone(&self) -> Vec<ConnectionId> {
        Seat::BOTH
            .into_iter()
            .flat_map(|seat| self.connections(seat))
            .collect()
    }
}
