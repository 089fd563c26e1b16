//! The rules once more, as plainly as they can be said: lists, and no thought of how to deliver anything.

use std::time::Duration;

use shared::{EntryId, MAX_ENTRIES_A_TURN, Seat, SeatKey, Timestamp};

/// What a command comes to, as its sender sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A seat was given, or given back to its holder.
    Seated(Seat),
    /// Both seats are others'.
    Full,
    /// A message got this number.
    Stored(u64),
    /// The floor was handed over.
    Passed,
    /// The seat is free.
    Left,
    /// Refused with this code.
    Refused(&'static str),
    /// Nothing to be said about it.
    Nothing,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Sat(Seat, SeatKey),
    Left(Seat),
    Said(Seat, EntryId, u64),
    Passed(Seat, u64),
}

/// The reference room.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) hold: Option<Duration>,
    pub(crate) keys: [Option<SeatKey>; 2],
    pub(crate) turn: u64,
    pub(crate) holder: Seat,
    pub(crate) facts: Vec<Fact>,
    said_in_turn: u8,
    /// Since when nobody is connected to a seat.
    pub(crate) empty_since: [Option<Timestamp>; 2],
}

impl Model {
    pub(crate) fn new(hold: Option<Duration>) -> Self {
        Self {
            hold,
            keys: [None; 2],
            turn: 1,
            holder: Seat::One,
            facts: Vec::new(),
            said_in_turn: 0,
            empty_since: [None; 2],
        }
    }

    /// What would be the answer to somebody with this key, and whether it changes anything.
    pub(crate) fn join(&mut self, key: SeatKey, journal_works: bool) -> Verdict {
        for seat in Seat::BOTH {
            if self.keys[seat.index()] == Some(key) {
                self.empty_since[seat.index()] = None;
                return Verdict::Seated(seat);
            }
        }
        for seat in Seat::BOTH {
            if self.keys[seat.index()].is_none() {
                if !journal_works {
                    return Verdict::Refused("journal_unavailable");
                }
                self.keys[seat.index()] = Some(key);
                self.facts.push(Fact::Sat(seat, key));
                self.empty_since[seat.index()] = None;
                return Verdict::Seated(seat);
            }
        }
        Verdict::Full
    }

    fn refusal(&self, seat: Seat, turn: u64) -> Option<Verdict> {
        if seat != self.holder {
            Some(Verdict::Refused("not_your_turn"))
        } else if turn != self.turn {
            Some(Verdict::Refused("stale_turn"))
        } else {
            None
        }
    }

    pub(crate) fn say(
        &mut self,
        seat: Seat,
        id: EntryId,
        turn: u64,
        end_turn: bool,
        journal_works: bool,
    ) -> Verdict {
        let before = self
            .facts
            .iter()
            .position(|fact| matches!(fact, Fact::Said(by, of, _) if (*by, *of) == (seat, id)));
        if let Some(index) = before {
            return Verdict::Stored(index as u64 + 1);
        }
        if let Some(refusal) = self.refusal(seat, turn) {
            return refusal;
        }
        if !journal_works {
            return Verdict::Refused("journal_unavailable");
        }
        self.facts.push(Fact::Said(seat, id, turn));
        self.said_in_turn += 1;
        if end_turn || self.said_in_turn == MAX_ENTRIES_A_TURN {
            self.move_floor();
        }
        Verdict::Stored(self.facts.len() as u64)
    }

    pub(crate) fn pass(&mut self, seat: Seat, turn: u64, journal_works: bool) -> Verdict {
        if let Some(refusal) = self.refusal(seat, turn) {
            return refusal;
        }
        if !journal_works {
            return Verdict::Refused("journal_unavailable");
        }
        self.facts.push(Fact::Passed(seat, turn));
        self.move_floor();
        Verdict::Passed
    }

    pub(crate) fn leave(&mut self, seat: Seat, journal_works: bool) -> Verdict {
        if !journal_works {
            return Verdict::Refused("journal_unavailable");
        }
        self.vacate(seat);
        Verdict::Left
    }

    pub(crate) fn vacate(&mut self, seat: Seat) {
        self.keys[seat.index()] = None;
        self.empty_since[seat.index()] = None;
        self.facts.push(Fact::Left(seat));
        if self.keys == [None; 2] {
            *self = Self::new(self.hold);
        }
    }

    /// The seat that is due to be given up, if any: the table's rule.
    pub(crate) fn overdue(&self, now: Timestamp) -> Option<Seat> {
        let hold = self.hold?;
        Seat::BOTH.into_iter().find(|seat| {
            self.empty_since[seat.index()].is_some_and(|since| since.after(hold) <= now)
        })
    }

    fn move_floor(&mut self) {
        self.turn += 1;
        self.holder = self.holder.other();
        self.said_in_turn = 0;
    }
}
