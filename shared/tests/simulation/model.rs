//! The rules once more, as plainly as they can be said: lists, and no thought of how to deliver anything.

mod absence;
mod agreement;

use std::time::Duration;

use shared::{Change, EntryId, Epoch, MAX_ENTRIES_A_TURN, Pace, Receipt, Seat, Timestamp};

pub(crate) use absence::Asked;

/// What a command comes to, as its sender sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A seat was given, or given back to its holder.
    Seated(Seat),
    /// A message got this number.
    Stored(u64),
    /// The floor was handed over.
    Passed,
    /// The floor was taken.
    Claimed,
    /// A change was proposed.
    Proposed,
    /// A proposal was agreed to.
    Accepted,
    /// A proposal was refused.
    Declined,
    /// A proposal was taken back.
    Withdrew,
    /// The seat is free.
    Left,
    /// The other seat is open by a new link.
    Invited,
    /// The other goes on under a new key.
    Reseated,
    /// Refused with this code.
    Refused(&'static str),
    /// Nothing to be said about it.
    Nothing,
}

/// One thing that happened. People and links are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Sat(Seat, u8, Option<u8>),
    Left(Seat),
    /// In which turn, and what had been seen.
    Said(Seat, EntryId, u64, Option<u64>),
    Passed(Seat, u64),
    Claimed(Seat, u64),
    Proposed(Seat, Change),
    Accepted(Seat, u64),
    Declined(Seat, u64),
    Withdrew(Seat, u64),
    Invited(Seat, u8),
    Reseated(Seat, u8),
}

/// How a command was sent: all that can go wrong with it besides what it asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Signed after an older entry than the last.
    pub(crate) behind: bool,
    /// Signed by its sender, and with it a sound key and a true word of the link.
    pub(crate) sound: bool,
    pub(crate) journal_works: bool,
}

/// The link that opens the seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) link: u8,
    by: Seat,
    open: bool,
}

/// The reference room.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    table: bool,
    hold: Option<Duration>,
    pub(crate) seated: [Option<u8>; 2],
    spoke: [bool; 2],
    pub(crate) standing: Option<Standing>,
    pub(crate) turn: u64,
    pub(crate) holder: Seat,
    /// How many facts there were when talking freely began, while it goes on.
    free_since: Option<usize>,
    pub(crate) pace: Pace,
    /// The entry since which nothing is stored here, while that is so.
    pub(crate) direct_only: Option<u64>,
    /// Whether the two pages order now, and not the server.
    pub(crate) between: bool,
    /// What each has proposed, and as which entry.
    pub(crate) proposals: [Option<(u64, Change)>; 2],
    pub(crate) facts: Vec<Fact>,
    said_in_turn: u8,
    pub(crate) now: Timestamp,
    turn_since: Timestamp,
    /// Since when nobody is connected to a seat.
    pub(crate) empty_since: [Option<Timestamp>; 2],
    /// Since when somebody is.
    here_since: [Option<Timestamp>; 2],
    /// Who said that they go.
    pub(crate) bye: [bool; 2],
    pub(crate) asked: Option<Asked>,
    questions: u64,
    /// How far whoever sits has come, in their word.
    pub(crate) receipts: [Option<Receipt>; 2],
}

type Refusal = Result<(), Verdict>;

fn refused(code: &'static str) -> Refusal {
    Err(Verdict::Refused(code))
}

impl Model {
    pub(crate) fn new(table: bool, hold: Option<Duration>, now: Timestamp) -> Self {
        Self {
            table,
            hold,
            seated: [None; 2],
            spoke: [false; 2],
            standing: None,
            turn: 1,
            holder: Seat::One,
            free_since: None,
            pace: Self::usual_pace(table),
            direct_only: None,
            between: false,
            proposals: [None; 2],
            facts: Vec::new(),
            said_in_turn: 0,
            now,
            turn_since: Timestamp(0),
            empty_since: [None; 2],
            here_since: [None; 2],
            bye: [false; 2],
            asked: None,
            questions: 0,
            receipts: [None; 2],
        }
    }

    /// What would be the answer to this person with this link, and whether it changes anything.
    pub(crate) fn join(&mut self, who: u8, link: Option<u8>, way: Way) -> Verdict {
        for seat in Seat::BOTH {
            if self.seated[seat.index()] == Some(who) {
                self.arrive(seat);
                return Verdict::Seated(seat);
            }
        }
        let vacant = |seat: &Seat| self.seated[seat.index()].is_none();
        let Some(seat) = Seat::BOTH.into_iter().find(vacant) else {
            return Verdict::Refused("room_full");
        };
        if self.table && link.is_some() {
            return Verdict::Refused("not_at_table");
        }
        if !self.table && !self.lets_in(link) {
            return Verdict::Refused("not_invited");
        }
        if let Err(refusal) = self.accepts(way, false) {
            return refusal;
        }
        self.seated[seat.index()] = Some(who);
        self.arrive(seat);
        self.facts.push(Fact::Sat(seat, who, link));
        match (&mut self.standing, link) {
            (Some(standing), _) => standing.open = false,
            // The first to come brings the link for the other.
            (none, Some(link)) => {
                *none = Some(Standing {
                    link,
                    by: seat,
                    open: true,
                });
            }
            (None, None) => {}
        }
        Verdict::Seated(seat)
    }

    fn lets_in(&self, link: Option<u8>) -> bool {
        match (self.standing, link) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(standing), Some(link)) => standing.open && standing.link == link,
        }
    }

    /// The last questions before anything is written. What is said is written whoever signed it.
    fn accepts(&self, way: Way, relayed: bool) -> Refusal {
        if way.behind {
            refused("behind")
        } else if !way.sound && !relayed {
            refused("bad_signature")
        } else if !way.journal_works {
            refused("journal_unavailable")
        } else {
            Ok(())
        }
    }

    /// Whether the two have agreed to anything else.
    fn stores(&self) -> Refusal {
        match self.direct_only {
            Some(_) if !self.between => refused("direct_only"),
            _ => Ok(()),
        }
    }

    fn may_speak(&self, seat: Seat, turn: u64) -> Refusal {
        if seat != self.holder && !self.is_free() {
            refused("not_your_turn")
        } else if turn != self.turn {
            refused("stale_turn")
        } else {
            Ok(())
        }
    }

    pub(crate) fn say(
        &mut self,
        seat: Seat,
        id: EntryId,
        turn: u64,
        end_turn: bool,
        seen: Option<u64>,
        way: Way,
    ) -> Verdict {
        let before = self
            .facts
            .iter()
            .position(|fact| matches!(fact, Fact::Said(by, of, ..) if (*by, *of) == (seat, id)));
        if let Some(index) = before {
            return Verdict::Stored(index as u64 + 1);
        }
        let may = self.stores().and_then(|()| self.may_speak(seat, turn));
        let may = may.and_then(|()| {
            let not_yet = seen.is_some_and(|seen| seen > self.facts.len() as u64);
            if not_yet {
                refused("behind")
            } else {
                self.accepts(way, true)
            }
        });
        if let Err(refusal) = may {
            return refusal;
        }
        self.facts.push(Fact::Said(seat, id, turn, seen));
        self.spoke[seat.index()] = true;
        if self.is_free() {
            self.holder = self.owes_an_answer();
        } else {
            self.said_in_turn += 1;
            if end_turn || self.said_in_turn == MAX_ENTRIES_A_TURN {
                self.move_floor();
            }
        }
        Verdict::Stored(self.facts.len() as u64)
    }

    pub(crate) fn pass(&mut self, seat: Seat, turn: u64, way: Way) -> Verdict {
        let may = self.stores().and_then(|()| {
            if self.is_free() {
                refused("no_turns")
            } else {
                self.may_speak(seat, turn)
            }
        });
        if let Err(refusal) = may.and_then(|()| self.accepts(way, true)) {
            return refusal;
        }
        self.facts.push(Fact::Passed(seat, turn));
        self.move_floor();
        Verdict::Passed
    }

    /// Somebody tells how far they have come.
    pub(crate) fn receipt(&mut self, seat: Seat, epoch: Epoch, word: Receipt) {
        let Receipt {
            delivered, read, ..
        } = word;
        let there_is = self.facts.len() as u64;
        if word.epoch != epoch
            || delivered.0 > there_is
            || read.is_some_and(|read| read > delivered)
        {
            return;
        }
        let known = &mut self.receipts[seat.index()];
        let falls = known.is_some_and(|known| {
            let read_falls = known.read.zip(read).is_some_and(|(was, is)| is < was);
            delivered < known.delivered || read_falls
        });
        if !falls {
            *known = Some(word);
        }
    }

    pub(crate) fn leave(&mut self, seat: Seat, way: Way) -> Verdict {
        let may = self.stores().and_then(|()| self.accepts(way, false));
        if let Err(refusal) = may {
            return refusal;
        }
        self.vacate(seat);
        Verdict::Left
    }

    pub(crate) fn vacate(&mut self, seat: Seat) {
        self.clear(seat);
        self.facts.push(Fact::Left(seat));
        self.part(seat);
        if let Some(standing) = &mut self.standing {
            standing.open = false;
        }
        if self.seated == [None; 2] {
            *self = Self::new(self.table, self.hold, self.now);
        }
    }

    fn clear(&mut self, seat: Seat) {
        self.seated[seat.index()] = None;
        self.spoke[seat.index()] = false;
        self.empty_since[seat.index()] = None;
        self.here_since[seat.index()] = None;
        self.receipts[seat.index()] = None;
    }

    /// Whether whoever sits across from `seat` came by its link, and has not spoken.
    fn can_withdraw(&self, seat: Seat) -> bool {
        let made = self.standing.is_some_and(|standing| standing.by == seat);
        made && !self.spoke[seat.other().index()]
    }

    pub(crate) fn invite(&mut self, seat: Seat, link: u8, way: Way) -> Verdict {
        let vacant = self.seated[seat.other().index()].is_none();
        let may = if self.table {
            refused("not_at_table")
        } else if vacant || self.can_withdraw(seat) {
            self.accepts(way, false)
        } else {
            refused("seat_taken")
        };
        if let Err(refusal) = self.stores().and(may) {
            return refusal;
        }
        self.clear(seat.other());
        self.standing = Some(Standing {
            link,
            by: seat,
            open: true,
        });
        self.facts.push(Fact::Invited(seat, link));
        self.part(seat.other());
        Verdict::Invited
    }

    pub(crate) fn reseat(&mut self, seat: Seat, who: u8, way: Way) -> Verdict {
        let may = if self.table {
            refused("not_at_table")
        } else if self.seated[seat.other().index()].is_none() {
            refused("seat_vacant")
        } else if self.seated.contains(&Some(who)) {
            refused("bad_signature")
        } else if self.can_withdraw(seat.other()) {
            refused("seat_taken")
        } else {
            self.accepts(way, false)
        };
        if let Err(refusal) = self.stores().and(may) {
            return refusal;
        }
        self.seated[seat.other().index()] = Some(who);
        self.receipts[seat.other().index()] = None;
        self.depart(seat.other());
        self.facts.push(Fact::Reseated(seat, who));
        Verdict::Reseated
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
        self.turn_since = self.now;
        self.holder = self.holder.other();
        self.said_in_turn = 0;
    }
}
