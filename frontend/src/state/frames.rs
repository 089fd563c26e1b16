//! How each frame of the hub changes the view.

use std::rc::Rc;
use std::time::Duration;

use shared::{
    Entry, EntryId, Event, Fault, Outset, Person, Presence, Rejection, ResyncReason, RoomId, Seat,
    Seq, ServerFrame, Timestamp,
};

use super::outbox::{Held, Pending, Progress};
use super::talk::{Company, Reach, Said, What};
use super::{Alarm, Refusal, Seating, View, WRITES_FOR};

/// The pause before a message is tried again that the hub could not store.
const STORE_RETRY: Duration = Duration::from_secs(1);
/// The pause before a message is sealed again for a talk that has gone on: what happened is told before that.
const SEAL_AGAIN: Duration = Duration::from_millis(100);

impl View {
    pub(super) fn frame(&mut self, frame: ServerFrame) {
        if self.alarm.is_some() {
            return;
        }
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
                }
            }
            ServerFrame::Stored { id, seq, at } => self.stored(id, seq, at),
            ServerFrame::Rejected { id, rejection } => self.rejected(id, rejection),
            ServerFrame::Typing { seat } => {
                if self.seating.is_some_and(|seating| seating.seat != seat) {
                    self.peer_writes_until = Some(self.now.after(WRITES_FOR));
                }
            }
            ServerFrame::Receipt { seat, receipt } => self.receipt_came(seat, receipt),
            ServerFrame::Resync { why } => self.resync(why),
            // The challenge and signs of life are the path's business.
            ServerFrame::Challenge { .. } | ServerFrame::Draining {} | ServerFrame::Pong {} => {}
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
        let (Some(seating), Some(pending)) = (self.seating, self.outbox.underway()) else {
            return;
        };
        let Some(then) = pending.meant else {
            return;
        };
        if pending.progress == Progress::Sent {
            return;
        }
        let over = pending.turn < seating.floor.turn;
        let why = match self.talk.company(seating.seat.other(), then) {
            Company::Same => return,
            _ if over => return,
            Company::Left => Held::PeerLeft,
            Company::Changed => Held::PeerChanged,
            Company::Unsure => Held::PeerUnsure,
        };
        let id = pending.id;
        Rc::make_mut(&mut self.outbox).hold(id, why);
    }

    /// The hub does not know what this page knows: it tells all from the beginning, and nothing of that is believed
    /// for having been known.
    fn resync(&mut self, why: ResyncReason) {
        self.with_person(Person::forget);
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
        Rc::make_mut(&mut self.talk).welcome(epoch, head, outset.seq, self.now);
        Rc::make_mut(&mut self.outbox).hold_strangers(seat, epoch);
        let before = self.seating.replace(seating);
        self.welcomed = true;
        self.unseated = false;
        self.refusal = None;
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
        let said = match entry.event {
            Event::Say { id, .. } if !from_peer => Some(id),
            _ => None,
        };
        if let Err(fault) = self.believe(entry) {
            return self.doubt(fault);
        }
        if from_peer {
            self.peer_writes_until = None;
        }
        // A message of mine that the hub had stored without my hearing of it.
        if let Some(id) = said {
            Rc::make_mut(&mut self.outbox).take(id);
        }
    }

    /// Checks an entry, reads it and shows it.
    fn believe(&mut self, entry: Entry) -> Result<(), Fault> {
        let Some(person) = &mut self.person else {
            return Ok(());
        };
        person.check(&entry)?;
        let seq = entry.seq;
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
        let opens = matches!(entry.event, Event::Reseat { key, .. } if key == person.key());
        let me = self.seating.map(|seating| seating.seat);
        let talk = Rc::make_mut(&mut self.talk);
        talk.take(entry, mark.hash, generation, reading, me);
        if opens {
            talk.reopen(|closed| person.read(closed.generation, &closed.entry));
        }
        Ok(())
    }

    pub(super) fn doubt(&mut self, fault: Fault) {
        let at = self.now;
        self.raise(Alarm { fault, at });
    }

    fn stored(&mut self, id: EntryId, seq: Seq, at: Timestamp) {
        let (Some(seat), Some(pending)) = (self.my_seat(), self.outbox.get(id)) else {
            return;
        };
        if seq <= self.talk.last() {
            if !self.talk.shows(seq, id) && !self.may_have_stood(pending, seq) {
                return self.doubt(Fault::Repeated { seq });
            }
            let said = Said {
                id,
                seat,
                mine: true,
                text: pending.text.clone(),
                lost: false,
                reach: Reach::default(),
                closed: None,
            };
            if !Rc::make_mut(&mut self.talk).insert(seq, at, said) {
                return self.doubt(Fault::Repeated { seq });
            }
            Rc::make_mut(&mut self.outbox).take(id);
            return;
        }
        if let Some(entry) = self.entry_of(pending, seq, at) {
            self.entry(entry);
        }
    }

    /// A message of mine as the hub has stored it.
    fn entry_of(&self, pending: &Pending, seq: Seq, at: Timestamp) -> Option<Entry> {
        self.person.as_ref()?.stored(&pending.frame()?, seq, at)
    }

    /// The same frame, with nothing in it that only the outbox knows: other tabs can take it in without having been told
    /// how the message came there.
    #[must_use]
    pub fn in_full(&self, frame: ServerFrame) -> ServerFrame {
        let entry = match frame {
            ServerFrame::Stored { id, seq, at } if seq > self.talk.last() => self
                .outbox
                .get(id)
                .and_then(|pending| self.entry_of(pending, seq, at)),
            _ => None,
        };
        entry.map_or(frame, ServerFrame::Entry)
    }

    /// The message on its way that is an entry if this frame puts it out of the outbox.
    #[must_use]
    pub fn settled_by(&self, frame: &ServerFrame) -> Option<EntryId> {
        let pending = self.outbox.underway()?;
        // What stands in its place without having been shown is known from the outbox alone.
        (!matches!(frame, ServerFrame::Stored { .. })).then_some(pending.id)
    }

    /// Whether a message of mine can have been stored before this sitting, under a number that was not shown to me: I
    /// said it, lost the seat, and took it again. Everything later was shown, and a message says what it follows upon.
    fn may_have_stood(&self, pending: &Pending, seq: Seq) -> bool {
        let (Some(seat), Some(record)) = (self.my_seat(), self.record()) else {
            return false;
        };
        let (outset, prev) = (record.outset(seat), pending.prev());
        let hidden = seq > Seq::START && seq <= outset.seq && prev != Some(outset.hash);
        let follows = prev.and_then(|prev| self.talk.place_of(prev));
        hidden && follows.is_none_or(|before| before.next() == seq)
    }

    fn rejected(&mut self, id: Option<EntryId>, rejection: Rejection) {
        let Some(id) = id else {
            self.refused(rejection);
            return;
        };
        let now = self.now;
        let outbox = Rc::make_mut(&mut self.outbox);
        match rejection {
            Rejection::RateLimited { after } => {
                outbox.retry(id, now.after(Duration::from_millis(after)));
            }
            Rejection::JournalUnavailable {} => outbox.retry(id, now.after(STORE_RETRY)),
            Rejection::Behind { .. } => outbox.unseal(id, now.after(SEAL_AGAIN)),
            Rejection::NotYourTurn { holder, .. } => {
                outbox.hold(id, Held::NotYourTurn { holder });
            }
            Rejection::StaleTurn { .. } => outbox.hold(id, Held::TurnOver),
            // Coming back seats me again; the message goes once more by itself.
            Rejection::NotSeated {} | Rejection::HelloFirst {} => {
                outbox.retry(id, now);
                self.unseated = true;
            }
            other => {
                let words = other.to_string();
                outbox.hold(id, Held::Refused { words });
            }
        }
    }

    fn refused(&mut self, rejection: Rejection) {
        match rejection {
            // A second press of "pass": the floor has moved, and the turn shows it.
            Rejection::NotYourTurn { .. } | Rejection::StaleTurn { .. } => {}
            // The path stops, and a page of its own tells.
            Rejection::RoomFull {}
            | Rejection::NoTable {}
            | Rejection::RoomOver {}
            | Rejection::NotInvited {} => {}
            // Refused before it was read, so that it cannot be named. Typing notices and signs of life are not
            // missed; a message goes again, and if it is there already, the hub says so.
            Rejection::RateLimited { after } => {
                let not_before = self.now.after(Duration::from_millis(after));
                self.answer(&Progress::Queued { not_before });
            }
            Rejection::Malformed { .. } if self.outbox.has_sent() => {
                let words = rejection.to_string();
                self.answer(&Progress::Held(Held::Refused { words }));
            }
            other => self.refusal = Some(Refusal::Told(other.to_string())),
        }
    }

    fn answer(&mut self, progress: &Progress) {
        if self.outbox.has_sent() {
            Rc::make_mut(&mut self.outbox).answer_sent(progress);
        }
    }
}

/// Whether somebody else, or somebody with another key, sits across from `me` after it.
fn changes_other(entry: &Entry, me: Option<Seat>) -> bool {
    match entry.event {
        Event::Sit { .. } | Event::Leave { .. } => Some(entry.seat) != me,
        Event::Invite { .. } | Event::Reseat { .. } => Some(entry.seat) == me,
        Event::Say { .. } | Event::Pass { .. } => false,
    }
}
