//! The talk as this page knows it: the journal's entries in order, and what befell the journal itself.

mod line;
mod lost;
mod marks;

use std::collections::BTreeSet;
use std::rc::Rc;

use shared::{Entry, EntryHash, EntryId, Epoch, Event, Reading, Seat, Seq, Timestamp};

pub(super) use line::Insight;
pub use line::{Closed, Line, Said, What};
pub use lost::Lost;
pub use marks::{Rank, Reach};

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

/// All lines, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    lines: Vec<Rc<Line>>,
    /// As many were made.
    made: usize,
    epoch: Option<Epoch>,
    last: Seq,
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
        // The hub has lost its last entries, and with them maybe how somebody sat down.
        if then > self.last {
            return Company::Unsure;
        }
        let mut known = 0;
        let mut latest = None;
        for line in self.known_after(then) {
            known += 1;
            // Whoever opens the other seat has nobody in it then.
            let opened = matches!(line.what, What::Invited { seat: by, .. } if by != seat);
            latest = opened.then_some(true).or(left(&line.what, seat)).or(latest);
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

    /// A connection was welcomed to this life of the journal, which reaches to `head`, and in which this seat may see
    /// what comes after `outset`.
    pub(super) fn welcome(&mut self, epoch: Epoch, head: Seq, outset: Seq, now: Timestamp) {
        if self.epoch.is_some_and(|known| known != epoch) {
            self.set_aside();
            self.push(now, None, What::Anew);
        } else if self.last > head {
            self.lose_after(head, now);
        } else if self.last > Seq::START && self.last < outset {
            self.push(now, None, What::Gap);
        }
        self.epoch = Some(epoch);
        self.last = self.last.max(outset);
    }

    /// What an earlier visit of this browser knew is gone from the hub.
    pub(super) fn tell(&mut self, now: Timestamp, what: What) {
        self.push(now, None, what);
    }

    /// The hub tells another talk, or is asked to tell all of it again: what is shown so far stays in sight.
    pub(super) fn begin_afresh(&mut self, now: Timestamp) {
        self.set_aside();
        self.push(now, None, What::Afresh);
    }

    /// What stands here is no longer what the hub knows by number.
    fn set_aside(&mut self) {
        self.last = Seq::START;
        for line in &mut self.lines {
            if line.seq.is_some() {
                Rc::make_mut(line).seq = None;
            }
        }
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

    /// What stands after `seq` is not what the hub has; `names`: of the messages there. Answers what I said, which is said
    /// again and stands here no more; what the other said stays in sight until it is.
    pub(super) fn yield_after(
        &mut self,
        seq: Seq,
        names: &BTreeSet<EntryId>,
        now: Timestamp,
    ) -> Vec<Said> {
        let mut mine = Vec::new();
        self.lines.retain_mut(|line| {
            // A line may have lost its number to a hub that pretended to know less.
            let named = match &line.what {
                What::Said(said) => said.mine && names.contains(&said.id),
                _ => false,
            };
            if !named && line.seq.is_none_or(|known| known <= seq) {
                return true;
            }
            match &line.what {
                What::Said(said) if said.mine => mine.push(said.clone()),
                What::Said(_) => {
                    let line = Rc::make_mut(line);
                    line.seq = None;
                    if let What::Said(said) = &mut line.what {
                        said.lost = true;
                    }
                    return true;
                }
                _ => {}
            }
            false
        });
        self.last = self.last.min(seq);
        self.push(now, None, What::Yielded);
        mine
    }

    /// Whether an entry that is known by its number was another one before.
    pub(super) fn contradicts(&self, seq: Seq, hash: EntryHash) -> bool {
        let known = self.lines.iter().rev().find(|line| line.seq == Some(seq));
        let shown = known.and_then(|line| line.hash);
        shown.is_some_and(|shown| shown != hash)
    }

    /// Whether my message of this name stands here under this number.
    pub(super) fn shows(&self, seq: Seq, id: EntryId) -> bool {
        let mut lines = self.lines.iter();
        let line = lines.find(|line| line.seq == Some(seq));
        line.is_some_and(
            |line| matches!(&line.what, What::Said(said) if said.id == id && said.mine),
        )
    }

    /// The number of the entry with this hash, if it stands here.
    pub(super) fn place_of(&self, hash: EntryHash) -> Option<Seq> {
        let line = self.lines.iter().rev().find(|line| line.hash == Some(hash));
        line.and_then(|line| line.seq)
    }

    /// Takes an entry in that was checked; one that stands here already changes nothing.
    pub(super) fn take(
        &mut self,
        entry: Entry,
        hash: EntryHash,
        Insight {
            generation,
            reading,
            me,
            agreed,
        }: Insight,
    ) {
        if entry.seq <= self.last {
            return;
        }
        self.last = entry.seq;
        if let Some(id) = entry.message() {
            self.said_again(entry.seat, id);
        }
        let (seat, mine) = (entry.seat, Some(entry.seat) == me);
        let (at, place) = (entry.at, Some((entry.seq, Some(hash))));
        let what = match &entry.event {
            Event::Sit { .. } => What::Sat { seat, mine },
            Event::Leave { reason } => What::Left {
                seat,
                reason: *reason,
            },
            Event::Pass { .. } => What::Passed { seat, mine },
            Event::Claim { .. } => What::Claimed { seat, mine },
            Event::Propose { change } => agreed.map_or(
                What::Proposed {
                    seat,
                    mine,
                    change: *change,
                },
                What::Agreed,
            ),
            Event::Accept { .. } => agreed.map_or(What::Declined { seat, mine }, What::Agreed),
            Event::Decline { .. } => What::Declined { seat, mine },
            Event::Withdraw { .. } => What::Withdrawn { seat, mine },
            Event::Invite { .. } => What::Invited { seat, mine },
            Event::Reseat { .. } => What::Reseated {
                seat: seat.other(),
                mine: !mine,
            },
            &Event::Say { id, seen, .. } => {
                let crossed = seen.is_some_and(|seen| self.has_said(seat.other(), seen));
                let (text, closed) = match reading {
                    Reading::Words(words) => (words.into(), None),
                    _ => (Rc::default(), Some(Rc::new(Closed { generation, entry }))),
                };
                What::Said(Said {
                    crossed,
                    closed,
                    ..Said::new(seat, mine, id, text)
                })
            }
        };
        self.push(at, place, what);
    }

    /// What was lost is there again.
    fn said_again(&mut self, seat: Seat, id: EntryId) {
        self.lines.retain(|line| {
            !matches!(&line.what, What::Said(said) if said.lost && said.seat == seat && said.id == id)
        });
    }

    /// Whether `seat` has said something after `seq`.
    fn has_said(&self, seat: Seat, seq: Seq) -> bool {
        self.known_after(seq)
            .any(|line| matches!(&line.what, What::Said(said) if said.seat == seat))
    }

    /// Reads again what could not be read so far: there are new keys.
    pub(super) fn reopen(&mut self, read: impl Fn(&Closed) -> Option<String>) {
        for line in &mut self.lines {
            let opened = match &line.what {
                What::Said(Said {
                    closed: Some(closed),
                    ..
                }) => read(closed),
                _ => None,
            };
            if let Some(words) = opened
                && let What::Said(said) = &mut Rc::make_mut(line).what
            {
                said.text = words.into();
                said.closed = None;
            }
        }
    }

    /// Puts in its place what was stored while nobody told: I said it, lost the seat, and took it again. Answers
    /// whether it can be: not in the place of something else.
    #[must_use]
    pub(super) fn insert(&mut self, seq: Seq, at: Timestamp, said: Said) -> bool {
        let mut lines = self.lines.iter();
        if let Some(line) = lines.find(|line| line.seq == Some(seq)) {
            let Said { id, mine, .. } = said;
            return matches!(&line.what, What::Said(there) if there.id == id && there.mine == mine);
        }
        let after =
            |line: &Rc<Line>| line.epoch == self.epoch && line.seq.is_none_or(|known| known > seq);
        let tail = self
            .lines
            .iter()
            .rev()
            .take_while(|line| after(line))
            .count();
        let line = self.line(at, Some((seq, None)), What::Said(said));
        self.lines.insert(self.lines.len() - tail, line);
        true
    }

    fn push(&mut self, at: Timestamp, place: Option<(Seq, Option<EntryHash>)>, what: What) {
        let line = self.line(at, place, what);
        self.lines.push(line);
    }

    fn line(
        &mut self,
        at: Timestamp,
        place: Option<(Seq, Option<EntryHash>)>,
        what: What,
    ) -> Rc<Line> {
        self.made += 1;
        Rc::new(Line {
            key: self.made,
            at,
            what,
            epoch: self.epoch,
            seq: place.map(|(seq, _)| seq),
            hash: place.and_then(|(_, hash)| hash),
        })
    }
}

/// Whether a line tells that somebody left `seat`; `Some(false)`: that somebody took it.
fn left(what: &What, seat: Seat) -> Option<bool> {
    match *what {
        What::Left { seat: of, .. } if of == seat => Some(true),
        What::Sat { seat: of, .. } if of == seat => Some(false),
        What::Invited { seat: by, .. } if by != seat => Some(false),
        _ => None,
    }
}
