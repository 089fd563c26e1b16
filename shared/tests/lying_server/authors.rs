//! Lies that need a new entry: forged by the server, or true words of a person at a time when they may not speak.

use shared::{
    Entry, Epoch, Event, Invite, LeaveReason, LinkSecret, RoomId, Sealed, Seat, SeatKey, Turn,
};

use crate::story::{ONE, SERVER, Story, THREE, TWO, TWO_AGAIN, say};
use crate::support::{Hall, link, secret};
use crate::{Lie, against_rules, each_is_noticed, forged, other_history};

/// An arrival in seat 2 before entry `seq`, by the word of `link` for `vouched`.
fn sit(story: &Story, seq: u64, who: u8, link: LinkSecret, vouched: SeatKey) -> Vec<Entry> {
    let key = secret(who).key();
    let invite = Some(link.vouch(&story.scope.room, &vouched));
    story.then(seq, &secret(who), Seat::Two, Event::Sit { key, invite })
}

fn sit_without(story: &Story, seq: u64, who: u8) -> Vec<Entry> {
    let key = secret(who).key();
    let invite = None;
    story.then(seq, &secret(who), Seat::Two, Event::Sit { key, invite })
}

fn invite(story: &Story, seq: u64, author: u8, seat: Seat, vouched: u8) -> Vec<Entry> {
    let invite = link(9).vouch(&story.scope.room, &secret(vouched).key());
    story.then(seq, &secret(author), seat, Event::Invite { invite })
}

fn reseat(story: &Story, seq: u64, author: u8, seat: Seat, key: SeatKey) -> Vec<Entry> {
    let keyring = Sealed::new([0; 128]);
    story.then(seq, &secret(author), seat, Event::Reseat { key, keyring })
}

fn leave(story: &Story, seq: u64, author: u8, reason: LeaveReason) -> Vec<Entry> {
    story.then(seq, &secret(author), Seat::Two, Event::Leave { reason })
}

fn unsigned(mut shown: Vec<Entry>) -> Vec<Entry> {
    if let Some(last) = shown.last_mut() {
        last.sig = None;
    }
    shown
}

/// As signed after the entry before the last.
fn after_an_older(story: &Story, seq: u64, author: u8, seat: Seat, event: Event) -> Vec<Entry> {
    let mut older = story.then(seq - 1, &secret(author), seat, event.clone());
    let mut shown = story.then(seq, &secret(author), seat, event);
    if let (Some(last), Some(older)) = (shown.last_mut(), older.pop()) {
        (last.prev, last.sig) = (older.prev, older.sig);
    }
    shown
}

/// Both halves a key, and the second one that agrees with everybody.
fn weak() -> SeatKey {
    let mut key = secret(SERVER).key();
    key.0[32..].fill(0);
    key
}

/// The server knows every key and every entry, and no secret but its own.
#[rustfmt::skip]
const FORGERIES: &[Lie] = &[
    ("a message by the other, signed by the server", |s| s.then(4, &secret(SERVER), Seat::Two, say(9, 2)), forged(4)),
    ("a message by the reader, signed by the server", |s| s.then(3, &secret(SERVER), Seat::One, say(9, 1)), forged(3)),
    ("a message by the other, signed by the reader", |s| s.then(4, &secret(ONE), Seat::Two, say(9, 2)), forged(4)),
    ("a message by nobody", |s| s.then(2, &secret(TWO), Seat::Two, say(9, 1)), forged(2)),
    ("a message under the old key", |s| s.then(9, &secret(TWO), Seat::Two, say(9, 6)), forged(9)),
    ("a message by who has left", |s| s.then(12, &secret(TWO_AGAIN), Seat::Two, say(9, 6)), forged(12)),
    ("a pass by the other", |s| s.then(4, &secret(SERVER), Seat::Two, Event::Pass { turn: Turn(2) }), forged(4)),
    ("a departure by the other", |s| leave(s, 4, SERVER, LeaveReason::Asked), forged(4)),
    ("a departure for absence in a conversation", |s| unsigned(leave(s, 4, SERVER, LeaveReason::Absent)), forged(4)),
    ("a departure for absence, signed", |s| leave(s, 4, TWO, LeaveReason::Absent), forged(4)),
    ("a departure by request, unsigned", |s| unsigned(leave(s, 4, TWO, LeaveReason::Asked)), forged(4)),
    ("a link of the server's by the reader", |s| invite(s, 3, SERVER, Seat::One, SERVER), forged(3)),
    ("a link that vouches for the other", |s| invite(s, 10, ONE, Seat::One, SERVER), forged(10)),
    ("the server's key in the other's seat", |s| reseat(s, 8, SERVER, Seat::One, secret(SERVER).key()), forged(8)),
    ("a key for all in the other's seat", |s| reseat(s, 8, ONE, Seat::One, weak()), forged(8)),
    ("the link's word for another key", |s| sit(s, 11, SERVER, link(2), secret(THREE).key()), forged(11)),
];

#[test]
fn what_nobody_signed_is_noticed() {
    each_is_noticed(FORGERIES);
}

/// Signed by whom they say; but the rules did not allow it.
#[rustfmt::skip]
const AGAINST_RULES: &[Lie] = &[
    ("a message of the other, out of turn", |s| s.then(3, &secret(TWO), Seat::Two, say(9, 1)), against_rules(3)),
    ("a message in a turn to come", |s| s.then(4, &secret(TWO), Seat::Two, say(9, 4)), against_rules(4)),
    ("a message in a turn that is over", |s| s.then(6, &secret(TWO), Seat::Two, say(9, 2)), against_rules(6)),
    ("a pass out of turn", |s| s.then(3, &secret(TWO), Seat::Two, Event::Pass { turn: Turn(1) }), against_rules(3)),
    ("a third in a full room", |s| sit(s, 3, SERVER, link(1), secret(SERVER).key()), against_rules(3)),
    ("somebody without a link", |s| sit_without(s, 2, SERVER), against_rules(2)),
    ("somebody by a link of their own", |s| sit(s, 2, SERVER, link(9), secret(SERVER).key()), against_rules(2)),
    ("somebody by the used link, in a closed seat", |s| sit(s, 10, SERVER, link(1), secret(SERVER).key()), against_rules(10)),
    ("somebody by the link that was replaced", |s| sit(s, 11, SERVER, link(1), secret(SERVER).key()), against_rules(11)),
    ("somebody without a link, in a closed seat", |s| sit_without(s, 10, SERVER), against_rules(10)),
    ("the reader in both seats", |s| sit(s, 2, ONE, link(1), secret(ONE).key()), against_rules(2)),
    ("a new link although the other has spoken", |s| invite(s, 5, ONE, Seat::One, ONE), against_rules(5)),
    ("a new link by the one who was invited", |s| invite(s, 3, TWO, Seat::Two, TWO), against_rules(3)),
    ("the inviter's seat given away by a silent newcomer", |s| reseat(s, 3, TWO, Seat::Two, secret(SERVER).key()), against_rules(3)),
    ("a key in a vacant seat", |s| reseat(s, 10, ONE, Seat::One, secret(SERVER).key()), against_rules(10)),
    ("a key that sits already", |s| reseat(s, 7, ONE, Seat::One, secret(ONE).key()), against_rules(7)),
];

#[test]
fn what_was_not_allowed_is_noticed_although_it_was_signed() {
    each_is_noticed(AGAINST_RULES);
}

#[rustfmt::skip]
const STALE: &[Lie] = &[
    ("a true message, said before the last was seen", |s| after_an_older(s, 4, TWO, Seat::Two, say(9, 2)), other_history(4)),
    ("the same, made to fit", |s| s.smoothed(after_an_older(s, 4, TWO, Seat::Two, say(9, 2))), forged(4)),
    ("a true departure, from before the last was seen", |s| after_an_older(s, 4, TWO, Seat::Two, Event::Leave { reason: LeaveReason::Asked }), other_history(4)),
];

#[test]
fn what_was_signed_after_another_entry_is_noticed() {
    each_is_noticed(STALE);
}

/// The link's word is not bound to an invite's being open, so that has to be looked at by itself.
#[test]
fn the_right_link_lets_exactly_one_in() {
    let story = crate::story();
    let shown = sit(&story, 11, SERVER, link(2), secret(SERVER).key());
    assert_eq!(
        crate::read(&mut story.one(), &shown),
        Ok(()),
        "whoever has the link"
    );
    let Event::Sit { invite, .. } = story.log[10].event else {
        panic!("an arrival");
    };
    let Invite { key, .. } = invite.expect("by a link");
    assert_eq!(key, link(2).invite_key(&story.scope.room));
}

/// The one thing a server can make up: nobody is there to sign an absence, and the table gives seats up for it (I7).
#[test]
fn at_the_table_an_absence_is_believed_and_nothing_else_unsigned() {
    let mut hall = Hall::new(RoomId::Table, Epoch(1));
    let [one, two] = [ONE, TWO].map(|number| hall.guest(number, Vec::new()));
    for guest in [one, two] {
        hall.join(guest).expect("a free seat");
    }
    let reader = &hall.guests[one].person;
    let last = hall.guests[one].person.bookmark().expect("two sit");
    let leave = |reason, sig| Entry {
        seq: last.seq.next(),
        at: hall.log[1].at,
        seat: Seat::Two,
        prev: last.hash,
        event: Event::Leave { reason },
        sig,
    };
    let sign = |reason| {
        let event = Event::Leave { reason };
        secret(TWO).sign_event(&hall.scope(), &last.hash, Seat::Two, &event)
    };
    let (absent, asked) = (LeaveReason::Absent, LeaveReason::Asked);
    assert_eq!(reader.check(&leave(absent, None)), Ok(()));
    assert_eq!(reader.check(&leave(asked, Some(sign(asked)))), Ok(()));
    assert_eq!(
        reader.check(&leave(absent, Some(sign(absent)))),
        Err(forged(3))
    );
    assert_eq!(reader.check(&leave(asked, None)), Err(forged(3)));
}
