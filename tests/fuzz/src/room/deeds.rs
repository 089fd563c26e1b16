//! What people do about what was proposed, and without a server.

use shared::{
    Entry, EntryId, Event, LeaveReason, Mode, Record, Sealed, Seat, SeatSecret, Timestamp,
};

use super::people::{person, sign};
use super::step::{Answer, Done, Number, Truth};

/// An answer by whoever sits in `seat`: mostly to what there is to be answered.
pub(crate) fn answer(record: &Record, seat: Seat, how: Answer, number: Number) -> Event {
    let open = |by| {
        let standing = record.proposal(by);
        number.or(standing.map_or(record.position().seq, |standing| standing.seq))
    };
    match how {
        Answer::Accept => Event::Accept {
            proposal: open(seat.other()),
        },
        Answer::Decline => Event::Decline {
            proposal: open(seat.other()),
        },
        Answer::Withdraw => Event::Withdraw {
            proposal: open(seat),
        },
    }
}

/// Entries that the two have made by themselves, allowed or not. The last of them is signed as truly as `truth` says.
pub(crate) fn without_a_server(
    record: &Record,
    now: Timestamp,
    done: &[Done],
    truth: Truth,
) -> Vec<Entry> {
    let mut record = record.clone();
    let mut entries = Vec::new();
    let last = done.len().saturating_sub(1);
    for (number, done) in done.iter().enumerate() {
        let Some((seat, event)) = event(&record, *done) else {
            continue;
        };
        let mut people = (0..4).map(person);
        let Some(me) = people.find(|who| Some(who.key()) == record.key(seat)) else {
            continue;
        };
        let truth = if number == last { truth } else { Truth::Signed };
        let entry = entry(&record, now, me, seat, event, truth);
        record.apply(&entry);
        entries.push(entry);
    }
    entries
}

fn entry(
    record: &Record,
    now: Timestamp,
    me: &SeatSecret,
    seat: Seat,
    event: Event,
    truth: Truth,
) -> Entry {
    let last = record.bookmark();
    Entry {
        seq: last.seq.next(),
        at: now,
        seat,
        prev: last.hash,
        sig: Some(sign(truth, me, record.scope(), &last.hash, seat, &event)),
        event,
    }
}

fn event(record: &Record, done: Done) -> Option<(Seat, Event)> {
    let by = |first| if first { Seat::One } else { Seat::Two };
    let floor = record.floor();
    let (turn, head) = (floor.turn, record.position().seq);
    Some(match done {
        Done::Nothing => return None,
        Done::Say {
            first,
            id,
            end_turn,
        } => {
            let said = Event::Say {
                id: EntryId([id % 16; 16]),
                turn,
                end_turn,
                seen: (floor.mode == Mode::Free).then_some(head),
                sealed: Sealed::new([id]),
            };
            (by(first), said)
        }
        Done::Pass { first } => (by(first), Event::Pass { turn }),
        Done::Propose { first, wanted } => {
            let change = wanted.change();
            (by(first), Event::Propose { change })
        }
        Done::Answer { first, how } => {
            let seat = by(first);
            (seat, answer(record, seat, how, Number::MEANT))
        }
        Done::Leave { first } => {
            let reason = LeaveReason::Asked;
            (by(first), Event::Leave { reason })
        }
        Done::Claim { first } => (by(first), Event::Claim { turn }),
    })
}
