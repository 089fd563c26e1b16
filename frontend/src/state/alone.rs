//! What this page knows without the server: what it has kept, what the other said to it alone, and what becomes of it
//! where the server's journal went on differently.

use std::rc::Rc;

use shared::{Event, Person, Presence, Seat, Seq, Timestamp};

use super::log::{Begun, KeptLog};
use super::outbox::{Pending, Progress};
use super::{Seating, View};

impl View {
    /// Nothing is known of the room any more but what is in sight.
    pub(super) fn forget(&mut self) {
        self.unsay_ahead();
        self.with_person(Person::forget);
        self.log.forget();
    }

    /// Shows what an earlier visit of this browser has kept. What it lacks, or what is damaged in it, comes from the hub.
    pub(super) fn recall(&mut self, kept: KeptLog) {
        let Begun {
            seat,
            epoch,
            outset,
        } = kept.begun;
        let Some(person) = &mut self.person else {
            return;
        };
        if Rc::make_mut(person).welcome(seat, epoch, outset).is_err() {
            return;
        }
        self.log.begin(kept.begun);
        self.sit_as_known(seat);
        Rc::make_mut(&mut self.talk).welcome(epoch, outset.seq, outset.seq, self.now);
        for entry in kept.entries {
            // It was believed when it came. Whoever could change it in here has the seat's key as well, which lies beside
            // it; so only what a disk can spoil is looked at.
            let record = self.record().filter(|record| {
                record.follows(&entry).is_ok() && record.allows(entry.seat, &entry.event).is_ok()
            });
            if record.is_none() || self.take(entry).is_err() {
                break;
            }
        }
        self.sit_as_known(seat);
    }

    /// Where I sit, as far as the entries tell.
    fn sit_as_known(&mut self, seat: Seat) {
        let (Some(record), Some(person)) = (self.record(), self.person.as_ref()) else {
            return;
        };
        let seat = record.seat_of(&person.key()).unwrap_or(seat);
        let peer = match record.key(seat.other()) {
            Some(_) => Presence::Away { since: self.now },
            None => Presence::Vacant {},
        };
        self.seating = Some(Seating {
            seat,
            epoch: record.position().epoch,
            head: record.position().seq,
            floor: *record.floor(),
            peer,
        });
    }

    /// The journal has something else after `seq` than this page. What I said since then is to be said once more, in the
    /// order in which it was; what the other did stays in sight until they have.
    pub(super) fn yield_after(&mut self, seq: Seq) {
        let limit = self.direct_only();
        let cut = self.log.cut_after(seq);
        let names = cut.iter().filter_map(|entry| entry.message()).collect();
        let lost = Rc::make_mut(&mut self.talk).yield_after(seq, &names, self.now);
        let mine = cut.iter().filter_map(|entry| {
            let Event::Say {
                id,
                turn,
                end_turn,
                seen,
                ..
            } = entry.event
            else {
                return None;
            };
            let said = lost.iter().find(|said| said.id == id)?;
            Some(Pending {
                id,
                seat: entry.seat,
                turn,
                more: !end_turn,
                seen: seen.map(|seen| seen.min(seq)),
                epoch: self.talk.epoch(),
                meant: Some(seq),
                alone: limit.is_some_and(|limit| entry.seq > limit),
                text: said.text.clone(),
                written: entry.at,
                letter: None,
                tried: false,
                progress: Progress::Queued {
                    not_before: Timestamp::default(),
                },
            })
        });
        let mine: Vec<_> = mine.collect();
        Rc::make_mut(&mut self.outbox).again(mine);
        self.saved = None;
        self.know_again();
    }

    /// What is known is what the entries add up to that are left.
    fn know_again(&mut self) {
        let Some(begun) = self.log.begun().copied() else {
            return;
        };
        let log = self.log.clone();
        self.with_person(|person| {
            person.forget();
            if person
                .welcome(begun.seat, begun.epoch, begun.outset)
                .is_ok()
            {
                for entry in log.entries_after(begun.outset.seq) {
                    person.take(entry);
                }
            }
        });
        self.sit_as_known(begun.seat);
    }
}
