//! How each frame of the hub changes the view.

mod answers;

use std::rc::Rc;
use std::time::Duration;

use shared::{
    Change, Entry, Event, Fault, Floor, Mode, Outset, Presence, ResyncReason, RoomId, Seat, Seq,
    ServerFrame,
};

use super::outbox::{Held, Pending, Progress};
use super::talk::{Company, Insight, What};
use super::{Alarm, Begun, Seating, View, WRITES_FOR};

/// How long a message waits for the other's after the one before it, where both may speak.
const GIVE_WAY: Duration = Duration::from_millis(60);

impl View {
    pub(super) fn frame(&mut self, frame: ServerFrame) {
        if self.alarm.is_none() {
            self.heard(frame);
            self.hold_alone();
        }
    }

    fn heard(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                head,
                outset,
                floor,
                peer,
            } => {
                let seating = Seating {
                    seat,
                    epoch,
                    head,
                    floor,
                    peer,
                };
                self.welcome(seating, outset);
            }
            ServerFrame::Entries { entries } => {
                for entry in entries {
                    self.replayed(entry);
                }
            }
            ServerFrame::Entry(entry) => self.entry(entry),
            ServerFrame::Turn(floor) => {
                if let Some(seating) = &mut self.seating {
                    seating.floor = floor;
                }
                // Why something could not be done in the turn before is no news in this one.
                self.refusal = None;
            }
            ServerFrame::Presence { seat, presence } => {
                if let Some(seating) = &mut self.seating
                    && seat != seating.seat
                {
                    seating.peer = presence;
                    self.claimable = None;
                }
            }
            ServerFrame::Stored { id, seq, at } => self.stored(id, seq, at),
            ServerFrame::Rejected { id, rejection } => self.rejected(id, rejection),
            ServerFrame::Ask { seat, turn } => {
                if self.my_seat() != Some(seat) {
                    self.peer_asks = Some(turn);
                }
            }
            ServerFrame::Claimable { turn } => self.claimable = Some(turn),
            ServerFrame::Typing { seat } => {
                if self.seating.is_some_and(|seating| seating.seat != seat) {
                    self.peer_writes_until = Some(self.now.after(WRITES_FOR));
                }
            }
            ServerFrame::Receipt { seat, receipt } => self.receipt_came(seat, receipt),
            ServerFrame::Resync { why } => self.resync(why),
            // The challenge and signs of life are the path's business.
            ServerFrame::Challenge { .. }
            | ServerFrame::Draining {}
            | ServerFrame::Signal { .. }
            | ServerFrame::Ice { .. }
            | ServerFrame::Pong {} => {}
        }
        if self.is_current() {
            self.settle();
            self.hold_private();
            self.settle_receipts();
        }
    }

    /// What the hub only tells is held against what everybody has signed, once all of that is known.
    fn settle(&mut self) {
        let (Some(seating), Some(person)) = (&mut self.seating, &self.person) else {
            return;
        };
        let Some(record) = person.record() else {
            return;
        };
        if record.seat_of(&person.key()) != Some(seating.seat) {
            let seq = record.position().seq;
            return self.doubt(Fault::AgainstRules { seq });
        }
        seating.floor = *record.floor();
        self.seen = self.seen.or(self.keys());
    }

    /// Whom what is written now is meant for: whoever the hub last told to sit across from me.
    pub(super) fn company(&self) -> Option<Seq> {
        let seating = self.seating?;
        let taken = seating.peer != Presence::Vacant {};
        taken.then(|| self.talk.last().max(seating.head))
    }

    /// Holds what waits for one person while someone else may sit there by now. Once the turn it was written for is
    /// over nobody can get it any more, and only the hub knows whether they did.
    fn hold_private(&mut self) {
        let Some(seating) = self.seating else {
            return;
        };
        let (turn, other) = (seating.floor.turn, seating.seat.other());
        let why = |pending: &Pending| {
            let Progress::Queued { .. } = pending.progress else {
                return None;
            };
            let over = pending.turn < turn;
            match self.talk.company(other, pending.meant?) {
                Company::Same => None,
                // Sealed for whom it was meant, it may go, so that the hub can say what became of it. It is never sealed
                // anew for somebody else.
                _ if over && pending.letter.is_some() => None,
                Company::Left => Some(Held::PeerLeft),
                Company::Changed => Some(Held::PeerChanged),
                Company::Unsure => Some(Held::PeerUnsure),
            }
        };
        let held: Vec<_> = self
            .outbox
            .iter()
            .filter_map(|pending| Some((pending.id, why(pending)?)))
            .collect();
        for (id, why) in held {
            Rc::make_mut(&mut self.outbox).hold(id, why);
        }
    }

    /// The hub does not know what this page knows: it tells all from the beginning, and nothing of that is believed
    /// for having been known.
    fn resync(&mut self, why: ResyncReason) {
        self.forget();
        if why == ResyncReason::OtherHistory {
            self.tell_afresh();
        }
    }

    fn welcome(&mut self, seating: Seating, outset: Outset) {
        let Seating {
            seat, epoch, head, ..
        } = seating;
        let mut begun = Ok(());
        self.with_person(|person| begun = person.welcome(seat, epoch, outset));
        if let Err(fault) = begun.and_then(|()| self.compare_with_known(seating, outset)) {
            return self.doubt(fault);
        }
        let goes_on = self.log.begun().is_some_and(|begun| begun.epoch == epoch);
        if !goes_on || self.log.head() < outset.seq {
            self.log.begin(Begun {
                seat,
                epoch,
                outset,
            });
        }
        Rc::make_mut(&mut self.talk).welcome(epoch, head, outset.seq, self.now);
        Rc::make_mut(&mut self.outbox).hold_strangers(seat, epoch);
        let before = self.seating.replace(seating);
        self.welcomed = true;
        self.unseated = false;
        self.refusal = None;
        // What is open of these the hub tells again.
        (self.asked, self.peer_asks, self.claimable) = (None, None, None);
        let anew = before.is_none_or(|before| before.epoch != epoch);
        self.receipts.begin(seat.other(), anew);
    }

    /// Tells when the hub has less than an earlier visit of this browser has seen. What this page itself has seen is
    /// the talk's to compare.
    fn compare_with_known(&mut self, seating: Seating, outset: Outset) -> Result<(), Fault> {
        let Some(known) = self.known else {
            return Ok(());
        };
        let seq = known.seq;
        let (first, messages) = (self.talk.epoch().is_none(), 0);
        let gone = if known.epoch != seating.epoch {
            // The table begins anew whenever both have left it.
            (first && self.room != RoomId::Table).then_some(What::Anew)
        } else if seq > seating.head {
            (self.talk.last() <= seating.head).then_some(What::Lost { messages })
        } else if seq > outset.seq {
            return Ok(());
        } else if seq == outset.seq && known.hash != outset.hash {
            return Err(Fault::OtherHistory { seq });
        } else {
            // It lies before what this seat is shown now.
            first.then_some(What::Gap)
        };
        self.known = None;
        if let Some(gone) = gone {
            Rc::make_mut(&mut self.talk).tell(self.now, gone);
        }
        Ok(())
    }

    /// An entry from before this connection: some of them may be known.
    fn replayed(&mut self, entry: Entry) {
        if self.alarm.is_some() {
            return;
        }
        let record = self.person.as_ref().and_then(|person| person.record());
        let Some(record) = record else {
            return;
        };
        if entry.seq > record.position().seq {
            self.entry(entry);
        } else if self.talk.contradicts(entry.seq, entry.hash(record.scope())) {
            self.doubt(Fault::OtherHistory { seq: entry.seq });
        }
    }

    fn entry(&mut self, entry: Entry) {
        let me = self.my_seat();
        let from_peer = Some(entry.seat) != me;
        let said = entry.message().filter(|_| !from_peer);
        if let Err(fault) = self.believe(entry) {
            return self.doubt(fault);
        }
        if from_peer {
            self.peer_writes_until = None;
        }
        // A message of mine that the hub had stored without my hearing of it.
        if let Some(id) = said {
            let outbox = Rc::make_mut(&mut self.outbox);
            outbox.take(id);
            // Whoever has much to say lets the other come in between: what both sign after the same entry only one can say.
            if self.mode() == Mode::Free {
                Rc::make_mut(&mut self.outbox).pause(self.now.after(GIVE_WAY));
            }
        }
    }

    /// Checks an entry, reads it and shows it.
    fn believe(&mut self, entry: Entry) -> Result<(), Fault> {
        let Some(person) = &self.person else {
            return Ok(());
        };
        person.check(&entry)?;
        self.take(entry)
    }

    /// Reads an entry that is believed, and shows it.
    pub(super) fn take(&mut self, entry: Entry) -> Result<(), Fault> {
        let Some(person) = &mut self.person else {
            return Ok(());
        };
        let seq = entry.seq;
        let before = person.record().map(|record| *record.floor());
        let person = Rc::make_mut(person);
        let generation = person.generation().unwrap_or_default();
        let reading = person.take(&entry);
        let Some(mark) = person.bookmark() else {
            return Ok(());
        };
        let known = self.known.filter(|known| known.seq == seq);
        if known.is_some_and(|known| known != mark) || self.talk.contradicts(seq, mark.hash) {
            return Err(Fault::OtherHistory { seq });
        }
        if known.is_some() {
            self.known = None;
        }
        // Whoever comes after somebody has left is another person, and no surprise.
        let vacant = person
            .record()
            .is_some_and(|record| record.first_vacant().is_some());
        if vacant && self.known.is_none() {
            self.seen = None;
        }
        if changes_other(&entry, self.seating.map(|seating| seating.seat)) {
            self.receipts.forget_theirs();
        }
        self.log.push(Rc::new(entry.clone()), mark.hash);
        let opens = matches!(entry.event, Event::Reseat { key, .. } if key == person.key());
        let me = self.seating.map(|seating| seating.seat);
        let after = person.record().map(|record| *record.floor());
        let otherwise = after.map(|after| self.settle_ahead(&entry, &reading, &after));
        let Some(person) = &mut self.person else {
            return Ok(());
        };
        let talk = Rc::make_mut(&mut self.talk);
        let agreed = before
            .zip(after)
            .and_then(|(before, after)| agreed(&before, &after));
        talk.take(
            entry,
            mark.hash,
            Insight {
                generation,
                reading,
                me,
                agreed,
            },
        );
        if opens {
            talk.reopen(|closed| person.read(closed.generation, &closed.entry));
        }
        self.keep_unsaid(otherwise.unwrap_or_default());
        self.note_store(before.and_then(|floor| floor.direct_only));
        Ok(())
    }

    pub(super) fn doubt(&mut self, fault: Fault) {
        let at = self.now;
        self.raise(Alarm { fault, at });
    }
}

/// What came into force between the two.
fn agreed(before: &Floor, after: &Floor) -> Option<Change> {
    if before.mode != after.mode {
        Some(Change::Mode(after.mode))
    } else if before.pace != after.pace {
        Some(Change::Pace(after.pace))
    } else if before.store() != after.store() {
        Some(Change::Store(after.store()))
    } else {
        None
    }
}

/// Whether somebody else, or somebody with another key, sits across from `me` after it.
fn changes_other(entry: &Entry, me: Option<Seat>) -> bool {
    match entry.event {
        Event::Sit { .. } | Event::Leave { .. } => Some(entry.seat) != me,
        Event::Invite { .. } | Event::Reseat { .. } => Some(entry.seat) == me,
        _ => false,
    }
}
