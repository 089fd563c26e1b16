//! The talk as this page knows it: the journal's entries in order, and what befell the journal itself.

use std::rc::Rc;

use shared::{Entry, EntryId, Epoch, Event, LeaveReason, Seat, Seq, Timestamp};

use crate::body;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its name.
    pub id: EntryId,
    /// Who said it.
    pub seat: Seat,
    /// Whether I was in that seat.
    pub mine: bool,
    /// The words.
    pub text: Rc<str>,
    /// Whether the hub has lost it: then it is in this page only.
    pub lost: bool,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something was said.
    Said(Said),
    /// A seat was taken.
    Sat {
        /// Which.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// A seat was given up.
    Left {
        /// Which.
        seat: Seat,
        /// Why.
        reason: LeaveReason,
    },
    /// The floor was handed over without a word.
    Passed {
        /// By whom.
        seat: Seat,
        /// Whether by me.
        mine: bool,
    },
    /// The journal began anew; what stands above is in this page only.
    Anew,
    /// The hub lost its last messages.
    Lost {
        /// How many of them this page still shows.
        messages: usize,
    },
    /// Something happened here while I had no seat.
    Gap,
}

/// One line of the talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Tells it from every other line of this page.
    pub key: usize,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// Its number, while the hub knows it.
    seq: Option<Seq>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is the talk's new end.
    New,
    /// It was known.
    Known,
    /// Something before it is missing.
    Torn,
}

/// All lines, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    lines: Vec<Rc<Line>>,
    epoch: Option<Epoch>,
    last: Seq,
    /// The next entry may have any number: what a seat is shown begins where the hub says.
    opening: bool,
}

impl Talk {
    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Rc<Line>] {
        &self.lines
    }

    /// Whether anything was said.
    #[must_use]
    pub fn has_words(&self) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|line| matches!(line.what, What::Said(_)))
    }

    /// The journal's life that the last lines belong to.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// The last entry known of it.
    #[must_use]
    pub fn last(&self) -> Seq {
        self.last
    }

    /// A connection was welcomed to this life of the journal, which reaches to `head`.
    pub(super) fn welcome(&mut self, epoch: Epoch, head: Seq, now: Timestamp) {
        self.opening = true;
        if self.epoch.is_some_and(|known| known != epoch) {
            self.last = Seq::START;
            for line in &mut self.lines {
                if line.seq.is_some() {
                    Rc::make_mut(line).seq = None;
                }
            }
            self.push(now, None, What::Anew);
        } else if self.last > head {
            self.lose_after(head, now);
        }
        self.epoch = Some(epoch);
    }

    /// The hub knows nothing after `head` any more: what this page knows stays in sight, marked as lost.
    fn lose_after(&mut self, head: Seq, now: Timestamp) {
        let mut messages = 0;
        for line in &mut self.lines {
            if line.seq.is_some_and(|seq| seq > head) {
                let line = Rc::make_mut(line);
                line.seq = None;
                if let What::Said(said) = &mut line.what {
                    said.lost = true;
                    messages += 1;
                }
            }
        }
        self.last = head;
        self.push(now, None, What::Lost { messages });
    }

    /// Takes an entry in; entries come in order, and may come again.
    pub(super) fn take(&mut self, entry: Entry, me: Option<Seat>) -> Taken {
        if entry.seq <= self.last {
            return Taken::Known;
        }
        if entry.seq > self.last.next() {
            if !self.opening {
                return Taken::Torn;
            }
            if self.last > Seq::START {
                self.push(entry.at, None, What::Gap);
            }
        }
        self.opening = false;
        self.last = entry.seq;
        let (seat, mine) = (entry.seat, Some(entry.seat) == me);
        let what = match entry.event {
            Event::Sit { .. } => What::Sat { seat, mine },
            Event::Leave { reason } => What::Left { seat, reason },
            Event::Pass { .. } => What::Passed { seat, mine },
            Event::Say { id, sealed, .. } => What::Said(Said {
                id,
                seat,
                mine,
                text: body::open(&sealed).into(),
                lost: false,
            }),
        };
        self.push(entry.at, Some(entry.seq), what);
        Taken::New
    }

    /// The hub has stored what I said under this number.
    pub(super) fn stored(&mut self, seq: Seq, at: Timestamp, said: Said) -> Taken {
        if seq <= self.last {
            return Taken::Known;
        }
        if seq > self.last.next() {
            return Taken::Torn;
        }
        self.opening = false;
        self.last = seq;
        self.push(at, Some(seq), What::Said(said));
        Taken::New
    }

    fn push(&mut self, at: Timestamp, seq: Option<Seq>, what: What) {
        let key = self.lines.len();
        self.lines.push(Rc::new(Line { key, at, what, seq }));
    }
}
