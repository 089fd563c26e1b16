//! What the two said while there was no server, brought to it later: honestly, or with something wrong in it.

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{
    ClientFrame, ConnectionId, Entry, Event, Input, LeaveReason, Record, Sealed, Seat, Seq,
    Timestamp, Turn,
};

use crate::model::{Model, Verdict, Way};
use crate::people::{message, secret};
use crate::readers::Draft;
use crate::world::World;

/// Without a server nothing of this goes wrong.
const WELL: Way = Way {
    behind: false,
    sound: true,
    journal_works: true,
};

impl World {
    pub(super) fn upload(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        journal_works: bool,
    ) {
        let known = self.log.len() - rng.random_range(0..4).min(self.log.len());
        let mut entries = self.log[known..].to_vec();
        let overlap = entries.len();
        let mut after = self.model.clone();
        entries.extend(self.said_between_the_two(rng, &mut after));
        let wrong = rng.random_bool(0.4) && self.spoil(rng, &mut entries, overlap);
        let new = if wrong { 0 } else { entries.len() - overlap };

        let expected = if self.live(connection).is_none() {
            Verdict::Refused("not_seated")
        } else if wrong {
            Verdict::Refused("not_believed")
        } else if new > 0 && !journal_works {
            Verdict::Refused("journal_unavailable")
        } else {
            self.uploaded.extend(vec![Draft::default(); new]);
            self.model = after;
            Verdict::Nothing
        };
        let before = self.log.len();
        let frame = ClientFrame::Upload {
            entries: entries.clone(),
        };
        let verdict = self.run(
            Input::Frame { connection, frame },
            connection,
            journal_works,
        );
        if let Verdict::Refused(_) = expected {
            assert_eq!(verdict, expected, "{entries:?}");
            assert_eq!(self.log.len(), before, "all of it or nothing");
        } else {
            assert!(
                !matches!(verdict, Verdict::Refused(_)),
                "{verdict:?}: {entries:?}"
            );
            assert_eq!(self.log.len(), before + new, "all of it or nothing");
            let mut dated = before.checked_sub(1).map(|at| self.log[at].at);
            for (ours, theirs) in self.log[before..].iter().zip(&entries[overlap..]) {
                let at = Some(theirs.at.min(self.now)).max(dated);
                assert_eq!(
                    Some(ours.at),
                    at,
                    "neither of the future nor before the last"
                );
                dated = at;
                assert_eq!((&ours.event, ours.sig), (&theirs.event, theirs.sig));
            }
        }
        self.uploaded.clear();
    }

    /// What the two do without a server, signed by both, on a copy of the record. `model` goes along.
    fn said_between_the_two(&self, rng: &mut StdRng, model: &mut Model) -> Vec<Entry> {
        let mut record = self.reader.clone();
        let mut said = Vec::new();
        for _ in 0..rng.random_range(0..6) {
            let seat = if rng.random_bool(0.5) {
                Seat::One
            } else {
                Seat::Two
            };
            let event = self.something(rng, model, seat);
            let repeats =
                matches!(event, Event::Say { id, .. } if record.answered(seat, id).is_some());
            let (Some(who), Ok(()), false) = (
                model.seated[seat.index()],
                record.allows(seat, &event),
                repeats,
            ) else {
                continue;
            };
            let verdict = happens(model, seat, &event);
            assert!(
                !matches!(verdict, Verdict::Refused(_)),
                "{verdict:?}: {event:?}"
            );
            let at = Timestamp(self.now.0 + 500 - rng.random_range(0..1000));
            let entry = signed(&record, who, seat, event, at);
            record.apply(&entry);
            said.push(entry);
        }
        said
    }

    fn something(&self, rng: &mut StdRng, model: &Model, seat: Seat) -> Event {
        let turn = Turn(model.turn);
        let proposal = |by: Seat| {
            let open = model.proposals[by.index()];
            Seq(open.map_or(0, |(seq, _)| seq))
        };
        match rng.random_range(0..10) {
            0..5 => Event::Say {
                id: message(rng.random_range(0..model.facts.len() as u64 + 8)),
                turn,
                end_turn: rng.random_bool(0.5),
                seen: model.is_free().then_some(Seq(model.facts.len() as u64)),
                sealed: Sealed::new(b"words".as_slice()),
            },
            5 => Event::Pass { turn },
            6 => Event::Propose {
                change: self.some_change(rng),
            },
            7 | 8 => Event::Accept {
                proposal: proposal(seat.other()),
            },
            _ if rng.random_bool(0.5) => Event::Decline {
                proposal: proposal(seat.other()),
            },
            _ => Event::Withdraw {
                proposal: proposal(seat),
            },
        }
    }

    /// Makes one thing wrong with what is uploaded, if there is something to make wrong.
    fn spoil(&self, rng: &mut StdRng, entries: &mut Vec<Entry>, overlap: usize) -> bool {
        let new = entries.len() - overlap;
        let some = overlap + rng.random_range(0..new.max(1));
        match rng.random_range(0..6) {
            // Forged.
            0 if new > 0 => entries[some].sig.as_mut().expect("signed").0[0] ^= 1,
            // Changed, and no more what was signed.
            1 if new > 0 => entries[some].seat = entries[some].seat.other(),
            // Reordered.
            2 if new > 1 => entries.swap(overlap, overlap + 1),
            // Something is missing.
            3 if new > 1 => {
                entries.remove(overlap);
            }
            // Another history than the one that is known.
            4 if overlap > 0 => entries[0].prev.0[0] ^= 1,
            _ => return self.go_on_wrongly(rng, entries, overlap),
        }
        true
    }

    /// Adds something that one of the two has signed and could not do there.
    fn go_on_wrongly(&self, rng: &mut StdRng, entries: &mut Vec<Entry>, overlap: usize) -> bool {
        let mut record = self.reader.clone();
        entries[overlap..]
            .iter()
            .for_each(|entry| record.apply(entry));
        let seat = if rng.random_bool(0.5) {
            Seat::One
        } else {
            Seat::Two
        };
        let Some(who) = self.model.seated[seat.index()] else {
            return false;
        };
        let turn = record.floor().turn;
        let say = |turn, size| Event::Say {
            id: message(u64::MAX),
            turn,
            end_turn: true,
            seen: None,
            sealed: Sealed::new(vec![1; size]),
        };
        let event = match rng.random_range(0..5) {
            0 => say(turn.next(), 5),
            1 if !record.floor().is_open_to(seat) => say(turn, 5),
            // Of a kind that takes a server.
            2 => Event::Claim { turn },
            3 => Event::Leave {
                reason: LeaveReason::Asked,
            },
            _ => Event::Accept { proposal: Seq(0) },
        };
        entries.push(signed(&record, who, seat, event, self.now));
        true
    }
}

fn signed(record: &Record, who: u8, seat: Seat, event: Event, at: Timestamp) -> Entry {
    let last = record.bookmark();
    let sig = secret(who).sign_event(record.scope(), &last.hash, seat, &event);
    Entry {
        seq: last.seq.next(),
        at,
        seat,
        prev: last.hash,
        event,
        sig: Some(sig),
    }
}

/// The same in the model.
fn happens(model: &mut Model, seat: Seat, event: &Event) -> Verdict {
    model.between = true;
    let verdict = match *event {
        Event::Say {
            id,
            turn,
            end_turn,
            seen,
            ..
        } => model.say(seat, id, turn.0, end_turn, seen.map(|seq| seq.0), WELL),
        Event::Pass { turn } => model.pass(seat, turn.0, WELL),
        Event::Propose { change } => model.propose(seat, change, WELL),
        Event::Accept { proposal } => model.accept(seat, proposal.0, WELL),
        Event::Decline { proposal } => model.decline(seat, proposal.0, WELL),
        Event::Withdraw { proposal } => model.withdraw(seat, proposal.0, WELL),
        ref other => panic!("not without a server: {other:?}"),
    };
    model.between = false;
    verdict
}
