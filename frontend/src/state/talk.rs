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
    /// The journal's life it belongs to.
    pub epoch: Option<Epoch>,
    /// Its number, while the hub knows it.
    seq: Option<Seq>,
}

/// Who sits in the other seat, compared with a moment before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Whoever sat there then.
    Same,
    /// Nobody: they left.
    Left,
    /// Someone else.
    Changed,
    /// Not everything since then is known.
    Unsure,
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

    /// Whether whoever sat in `seat` last has left it.
    #[must_use]
    pub fn has_left(&self, seat: Seat) -> bool {
        let mut latest = self.known_after(Seq::START).rev();
        latest.find_map(|line| left(&line.what, seat)) == Some(true)
    }

    /// Who sits in `seat` now, compared with when the journal ended with `then`.
    pub(super) fn company(&self, seat: Seat, then: Seq) -> Company {
        let mut known = 0;
        let mut latest = None;
        for line in self.known_after(then) {
            known += 1;
            latest = left(&line.what, seat).or(latest);
        }
        match latest {
            Some(true) => Company::Left,
            Some(false) => Company::Changed,
            None if known < self.last.0.saturating_sub(then.0) => Company::Unsure,
            None => Company::Same,
        }
    }

    /// The lines the hub knows under a number beyond `seq`.
    fn known_after(&self, seq: Seq) -> impl DoubleEndedIterator<Item = &Line> {
        let lines = self.lines.iter().map(Rc::as_ref);
        lines.filter(move |line| line.seq.is_some_and(|known| known > seq))
    }

    /// A connection was welcomed to this life of the journal, which reaches to `head`.
    pub(super) fn welcome(&mut self, epoch: Epoch, head: Seq, now: Timestamp) {
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
        // Where nothing is to be replayed, what comes next follows what is known.
        self.opening = self.last < head;
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
        if seq > self.last.next() {
            return Taken::Torn;
        }
        if seq <= self.last {
            self.insert(seq, at, What::Said(said));
            return Taken::Known;
        }
        self.opening = false;
        self.last = seq;
        self.push(at, Some(seq), What::Said(said));
        Taken::New
    }

    /// Puts in its place what was stored while nobody told: I said it, lost the seat, and took it again.
    fn insert(&mut self, seq: Seq, at: Timestamp, what: What) {
        if self.lines.iter().any(|line| line.seq == Some(seq)) {
            return;
        }
        let after =
            |line: &Rc<Line>| line.epoch == self.epoch && line.seq.is_none_or(|known| known > seq);
        let tail = self
            .lines
            .iter()
            .rev()
            .take_while(|line| after(line))
            .count();
        let line = self.line(at, Some(seq), what);
        self.lines.insert(self.lines.len() - tail, line);
    }

    fn push(&mut self, at: Timestamp, seq: Option<Seq>, what: What) {
        let line = self.line(at, seq, what);
        self.lines.push(line);
    }

    fn line(&self, at: Timestamp, seq: Option<Seq>, what: What) -> Rc<Line> {
        Rc::new(Line {
            // No line is ever taken out.
            key: self.lines.len(),
            at,
            what,
            epoch: self.epoch,
            seq,
        })
    }
}

/// Whether a line tells that somebody left `seat`; `Some(false)`: that somebody took it.
fn left(what: &What, seat: Seat) -> Option<bool> {
    match *what {
        What::Left { seat: of, .. } if of == seat => Some(true),
        What::Sat { seat: of, .. } if of == seat => Some(false),
        _ => None,
    }
}
