//! Lies in one field of one entry. By `prev`, the signature and the hash, no field of any entry can be
//! another, but for its time.

use shared::{Entry, Event, Fault, Invite, LeaveReason, Sealed};

use crate::story::read;
use crate::{against_rules, forged, gap, other_history, repeated, story};

fn flip(bytes: &mut [u8]) {
    bytes[0] ^= 1;
}

fn flip_body(Sealed(body): &mut Sealed) {
    let mut bytes = body.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    *body = bytes.into();
}

fn brought(invite: &mut Option<Invite>) -> &mut Invite {
    invite.as_mut().expect("they came by a link")
}

/// Changes one field of one kind of event.
macro_rules! field {
    ($kind:ident . $field:ident, $change:expr) => {
        |event: &mut Event| {
            let Event::$kind { $field, .. } = event else {
                panic!("another kind: {event:?}");
            };
            $change($field);
        }
    };
}

/// Which field, of which entry, how. All are noticed there and then: the signature covers them.
type Change = (&'static str, u64, fn(&mut Event));

#[rustfmt::skip]
const SIGNED: &[Change] = &[
    ("the first to sit", 1, field!(Sit.key, |key: &mut shared::SeatKey| flip(&mut key.0[40..]))),
    ("the signing key of who sits", 2, field!(Sit.key, |key: &mut shared::SeatKey| flip(&mut key.0))),
    ("the agreeing key of who sits", 2, field!(Sit.key, |key: &mut shared::SeatKey| flip(&mut key.0[32..]))),
    ("the link they came by", 2, field!(Sit.invite, |invite| flip(&mut brought(invite).key.0))),
    ("the link's word", 2, field!(Sit.invite, |invite| flip(&mut brought(invite).sig.0))),
    ("that there was a link", 2, field!(Sit.invite, |invite: &mut Option<Invite>| *invite = None)),
    ("that there was a first link", 1, field!(Sit.invite, |invite: &mut Option<Invite>| *invite = None)),
    ("a message's name", 3, field!(Say.id, |id: &mut shared::EntryId| flip(&mut id.0))),
    ("the turn of a message", 3, field!(Say.turn, |turn: &mut shared::Turn| turn.0 += 1)),
    ("whether the turn ended", 4, field!(Say.end_turn, |end: &mut bool| *end = !*end)),
    ("one bit of the words", 4, field!(Say.sealed, flip_body)),
    ("the words altogether", 4, field!(Say.sealed, |sealed: &mut Sealed| *sealed = Sealed::new([]))),
    ("the turn of a pass", 5, field!(Pass.turn, |turn: &mut shared::Turn| turn.0 += 1)),
    ("the signing key handed over", 7, field!(Reseat.key, |key: &mut shared::SeatKey| flip(&mut key.0))),
    ("the agreeing key handed over", 7, field!(Reseat.key, |key: &mut shared::SeatKey| flip(&mut key.0[32..]))),
    ("one bit of the keyring", 7, field!(Reseat.keyring, flip_body)),
    ("why somebody left", 9, field!(Leave.reason, |reason: &mut LeaveReason| *reason = LeaveReason::Absent)),
    ("the new link", 10, field!(Invite.invite, |invite: &mut Invite| flip(&mut invite.key.0))),
    ("the new link's word", 10, field!(Invite.invite, |invite: &mut Invite| flip(&mut invite.sig.0))),
];

#[test]
fn what_an_event_says_cannot_be_changed() {
    let story = story();
    for &(what, seq, change) in SIGNED {
        let shown = story.with(seq, |entry| change(&mut entry.event));
        for shown in [shown.clone(), story.smoothed(shown)] {
            assert_eq!(read(&mut story.one(), &shown), Err(forged(seq)), "{what}");
        }
    }
}

/// Which field that every entry has, how, and what is found at that entry.
type CommonChange = (&'static str, fn(&mut Entry), fn(u64) -> Fault);

#[rustfmt::skip]
const COMMON: &[CommonChange] = &[
    ("a higher number", |entry| entry.seq.0 += 1, |seq| gap(seq, seq + 1)),
    ("the highest number", |entry| entry.seq.0 = u64::MAX, |seq| gap(seq, u64::MAX)),
    ("a lower number", |entry| entry.seq.0 -= 1, |seq| repeated(seq - 1)),
    ("another entry before it", |entry| flip(&mut entry.prev.0), other_history),
    ("another signature", |entry| flip(&mut entry.sig.as_mut().expect("signed").0), forged),
    ("no signature", |entry| entry.sig = None, forged),
];

#[test]
fn the_number_the_predecessor_and_the_signature_of_an_entry_cannot_be_changed() {
    let story = story();
    for (what, change, fault) in COMMON {
        for seq in 1..=story.log.len() as u64 {
            let noticed = read(&mut story.one(), &story.with(seq, change));
            assert_eq!(noticed, Err(fault(seq)), "{what}: entry {seq}");
        }
    }
}

#[test]
fn nothing_can_be_said_to_be_the_others_doing() {
    let story = story();
    for seq in 1..=story.log.len() as u64 {
        let shown = story.with(seq, |entry| entry.seat = entry.seat.other());
        let fault = match &shown[seq as usize - 1].event {
            // Whoever sits does not say where; but seats are given in their order.
            Event::Sit { .. } => against_rules(seq),
            _ => forged(seq),
        };
        assert_eq!(read(&mut story.one(), &shown), Err(fault), "entry {seq}");
    }
}

/// Who accepts an entry dates it, and nobody signs that: a server can say any time. No rule reads it.
#[test]
fn another_time_is_the_same_talk() {
    let story = story();
    let mut told_the_truth = story.one();
    assert_eq!(read(&mut told_the_truth, &story.log), Ok(()));
    for seq in 1..=story.log.len() as u64 {
        let mut one = story.one();
        let shown = story.with(seq, |entry| entry.at.0 += 1);
        assert_eq!(read(&mut one, &shown), Ok(()), "entry {seq}");
        assert_eq!(one.bookmark(), told_the_truth.bookmark(), "entry {seq}");
    }
}
