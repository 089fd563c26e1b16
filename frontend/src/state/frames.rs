//! How each frame of the hub changes the view.

use std::rc::Rc;
use std::time::Duration;

use shared::{Entry, EntryId, Event, Presence, Rejection, Seq, ServerFrame, Timestamp};

use super::outbox::{Held, Progress};
use super::talk::{Company, Said, Taken};
use super::{Refusal, Seating, View, WRITES_FOR};

/// The pause before a message is tried again that the hub could not store.
const STORE_RETRY: Duration = Duration::from_secs(1);

impl View {
    pub(super) fn frame(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                head,
                floor,
                peer,
            } => self.welcome(Seating {
                seat,
                epoch,
                head,
                floor,
                peer,
            }),
            ServerFrame::Entries { entries } => {
                for entry in entries {
                    self.entry(entry);
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
            // The challenge and signs of life are the path's business; what a resync means shows in the welcome.
            ServerFrame::Challenge { .. }
            | ServerFrame::Resync { .. }
            | ServerFrame::Draining {}
            | ServerFrame::Pong {} => {}
        }
        if self.is_current() {
            self.hold_private();
        }
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

    fn welcome(&mut self, seating: Seating) {
        Rc::make_mut(&mut self.talk).welcome(seating.epoch, seating.head, self.now);
        Rc::make_mut(&mut self.outbox).hold_strangers(seating.seat, seating.epoch);
        self.seating = Some(seating);
        self.welcomed = true;
        self.torn = false;
        self.refusal = None;
    }

    fn entry(&mut self, entry: Entry) {
        let me = self.my_seat();
        let from_peer = Some(entry.seat) != me;
        let said = match entry.event {
            Event::Say { id, .. } if !from_peer => Some(id),
            _ => None,
        };
        match Rc::make_mut(&mut self.talk).take(entry, me) {
            Taken::New if from_peer => self.peer_writes_until = None,
            Taken::New => {}
            // A message of mine that the hub had stored without my hearing of it is settled below all the same.
            Taken::Known => {}
            Taken::Torn => {
                self.torn = true;
                return;
            }
        }
        if let Some(id) = said {
            Rc::make_mut(&mut self.outbox).take(id);
        }
    }

    fn stored(&mut self, id: EntryId, seq: Seq, at: Timestamp) {
        let Some(seat) = self.my_seat() else {
            return;
        };
        let Some(pending) = Rc::make_mut(&mut self.outbox).take(id) else {
            return;
        };
        let said = Said {
            id,
            seat,
            mine: true,
            text: pending.text.clone(),
            lost: false,
        };
        if Rc::make_mut(&mut self.talk).stored(seq, at, said) == Taken::Torn {
            // It comes back with the entries before it; until then it stays in sight.
            Rc::make_mut(&mut self.outbox).push(pending);
            self.torn = true;
        }
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
            Rejection::NotYourTurn { holder, .. } => {
                outbox.hold(id, Held::NotYourTurn { holder });
            }
            Rejection::StaleTurn { .. } => outbox.hold(id, Held::TurnOver),
            // Coming back seats me again; the message goes once more by itself.
            Rejection::NotSeated {} | Rejection::HelloFirst {} => {
                outbox.retry(id, now);
                self.torn = true;
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
            Rejection::RoomFull {} | Rejection::NoTable {} => {}
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
