//! What the hub answers to what was sent from here.

use std::rc::Rc;
use std::time::Duration;

use shared::{Entry, EntryId, Fault, Rejection, Seq, ServerFrame, Timestamp};

use crate::state::outbox::{Held, Pending, Progress};
use crate::state::talk::Said;
use crate::state::{Refusal, View};

/// The pause before a message is tried again that the hub could not store.
const STORE_RETRY: Duration = Duration::from_secs(1);
/// The pause before a message is sealed again for a talk that has gone on: what happened is told before that.
const SEAL_AGAIN: Duration = Duration::from_millis(100);

impl View {
    pub(super) fn stored(&mut self, id: EntryId, seq: Seq, at: Timestamp) {
        let (Some(seat), Some(pending)) = (self.my_seat(), self.outbox.get(id)) else {
            return;
        };
        if seq <= self.talk.last() {
            if !self.talk.shows(seq, id) && !self.may_have_stood(pending, seq) {
                return self.doubt(Fault::Repeated { seq });
            }
            let said = Said::new(seat, true, id, pending.text.clone());
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

    pub(super) fn rejected(&mut self, id: Option<EntryId>, rejection: Rejection) {
        let Some(id) = id else {
            self.refused(rejection);
            return;
        };
        let now = self.now;
        let news = self.has_gone_on_since(id);
        let outbox = Rc::make_mut(&mut self.outbox);
        match rejection {
            Rejection::RateLimited { after } => {
                outbox.retry(id, now.after(Duration::from_millis(after)));
            }
            Rejection::JournalUnavailable {} => outbox.retry(id, now.after(STORE_RETRY)),
            // It is for the other's page, with which this one has not come together yet.
            Rejection::DirectOnly {} => outbox.unseal(id, now.after(SEAL_AGAIN)),
            Rejection::Behind { .. } => {
                // What came in between has most often been told before the refusal.
                let wait = if news { Duration::ZERO } else { SEAL_AGAIN };
                outbox.unseal(id, now.after(wait));
            }
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

    /// Whether more is known by now than when this message was signed.
    fn has_gone_on_since(&self, id: EntryId) -> bool {
        let prev = self.outbox.get(id).and_then(Pending::prev);
        prev != self.bookmark().map(|known| known.hash)
    }

    fn refused(&mut self, rejection: Rejection) {
        self.want_again();
        match rejection {
            // A second press of "pass": the floor has moved, and the turn shows it.
            Rejection::NotYourTurn { .. } | Rejection::StaleTurn { .. } => {}
            // The path stops, and a page of its own tells.
            Rejection::RoomFull {}
            | Rejection::NoTable {}
            | Rejection::RoomOver {}
            | Rejection::NotInvited {} => {}
            // This connection's person said goodbye, and is back.
            Rejection::NotSeated {} if self.welcomed => self.unseated = true,
            // It was asked, from another tab or before a reload.
            Rejection::AskedAlready {} => {
                self.asked = self.seating.map(|seating| seating.floor.turn);
            }
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
