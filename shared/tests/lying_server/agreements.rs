//! Lies about what the two agreed on, who may speak since, and who was away.

use shared::{Change, ConversationId, Entry, Epoch, Event, Mode, Pace, RoomId, Seat, Seq, Turn};

use crate::story::{ONE, SERVER, Story, THREE, TWO, of_agreement, read, say};
use crate::support::{CONVERSATION, secret};
use crate::{Lie, against_rules, each_is_noticed_in, forged, other_history};

const FREE: Change = Change::Mode(Mode::Free);
const ELSEWHERE: RoomId = RoomId::Conversation(ConversationId([6; 16]));

fn story() -> Story {
    of_agreement(CONVERSATION, Epoch(1))
}

/// In place of entry `seq` and all after it: what somebody else did there.
fn then(story: &Story, seq: u64, author: u8, seat: Seat, event: Event) -> Vec<Entry> {
    story.then(seq, &secret(author), seat, event)
}

fn propose(change: Change) -> Event {
    Event::Propose { change }
}

fn accept(proposal: u64) -> Event {
    let proposal = Seq(proposal);
    Event::Accept { proposal }
}

fn decline(proposal: u64) -> Event {
    let proposal = Seq(proposal);
    Event::Decline { proposal }
}

fn withdraw(proposal: u64) -> Event {
    let proposal = Seq(proposal);
    Event::Withdraw { proposal }
}

fn claim(turn: u64) -> Event {
    Event::Claim { turn: Turn(turn) }
}

/// A message whose author had been shown this.
fn having_seen(name: u8, turn: u64, shown: u64) -> Event {
    let mut event = say(name, turn);
    if let Event::Say { seen, .. } = &mut event {
        *seen = Some(Seq(shown));
    }
    event
}

fn without(story: &Story, seq: usize) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown.remove(seq - 1);
    story.smoothed(shown)
}

/// Signed by whom they say, and against the rules.
#[rustfmt::skip]
const AGAINST_RULES: &[Lie] = &[
    ("a claim by the holder", |s| then(s, 13, ONE, Seat::One, claim(4)), against_rules(13)),
    ("a claim in a turn that is over", |s| then(s, 13, TWO, Seat::Two, claim(3)), against_rules(13)),
    ("a claim in a turn to come", |s| then(s, 13, TWO, Seat::Two, claim(5)), against_rules(13)),
    ("a claim while both may speak", |s| then(s, 7, ONE, Seat::One, claim(2)), against_rules(7)),
    ("a claim where nobody sits", |s| then(s, 2, ONE, Seat::One, claim(1)), against_rules(2)),
    ("a pass while both may speak", |s| then(s, 7, ONE, Seat::One, Event::Pass { turn: Turn(2) }), against_rules(7)),
    ("an accept without a proposal", |s| then(s, 4, ONE, Seat::One, accept(3)), against_rules(4)),
    ("an accept of what was agreed already", |s| then(s, 6, ONE, Seat::One, accept(4)), against_rules(6)),
    ("an accept of what was declined", |s| then(s, 13, ONE, Seat::One, accept(11)), against_rules(13)),
    ("an accept of what was withdrawn", |s| then(s, 16, TWO, Seat::Two, accept(14)), against_rules(16)),
    ("an accept of one's own", |s| then(s, 5, TWO, Seat::Two, accept(4)), against_rules(5)),
    ("an accept of another number", |s| then(s, 5, ONE, Seat::One, accept(3)), against_rules(5)),
    ("a decline of one's own", |s| then(s, 12, TWO, Seat::Two, decline(11)), against_rules(12)),
    ("a decline of what was agreed", |s| then(s, 6, ONE, Seat::One, decline(4)), against_rules(6)),
    ("a withdrawal of the other's", |s| then(s, 12, ONE, Seat::One, withdraw(11)), against_rules(12)),
    ("a withdrawal of what was agreed", |s| then(s, 6, TWO, Seat::Two, withdraw(4)), against_rules(6)),
    ("a proposal of what is so", |s| then(s, 6, ONE, Seat::One, propose(FREE)), against_rules(6)),
    ("a second proposal", |s| then(s, 5, TWO, Seat::Two, propose(Change::Pace(Pace::Live))), against_rules(5)),
    ("a proposal to nobody", |s| then(s, 2, ONE, Seat::One, propose(FREE)), against_rules(2)),
    ("a word out of turn after turns are taken again", |s| then(s, 10, ONE, Seat::One, say(9, 3)), against_rules(10)),
    ("a word in the turn before free talk", |s| then(s, 10, TWO, Seat::Two, say(9, 2)), against_rules(10)),
    ("a word in another turn, in free talk", |s| then(s, 6, TWO, Seat::Two, say(9, 3)), against_rules(6)),
    ("a word of who lost the floor to a claim", |s| then(s, 14, ONE, Seat::One, say(9, 5)), against_rules(14)),
    ("a word that has seen what is yet to come", |s| then(s, 6, TWO, Seat::Two, having_seen(9, 2, 6)), against_rules(6)),
    ("a word that has seen the end of time", |s| then(s, 6, TWO, Seat::Two, having_seen(9, 2, u64::MAX)), against_rules(6)),
];

#[test]
fn what_was_not_agreed_is_noticed() {
    each_is_noticed_in(&story(), AGAINST_RULES);
}

#[rustfmt::skip]
const FORGERIES: &[Lie] = &[
    ("a proposal by the server", |s| then(s, 4, SERVER, Seat::Two, propose(FREE)), forged(4)),
    ("a proposal by a stranger", |s| then(s, 4, THREE, Seat::Two, propose(FREE)), forged(4)),
    ("the reader's consent, by the server", |s| then(s, 5, SERVER, Seat::One, accept(4)), forged(5)),
    ("the other's consent, by the server", |s| then(s, 9, SERVER, Seat::Two, accept(8)), forged(9)),
    ("a refusal by the server", |s| then(s, 5, SERVER, Seat::One, decline(4)), forged(5)),
    ("a withdrawal by the server", |s| then(s, 5, SERVER, Seat::Two, withdraw(4)), forged(5)),
    ("a claim by the server", |s| then(s, 13, SERVER, Seat::Two, claim(4)), forged(13)),
    ("a proposal is missing", |s| without(s, 4), forged(4)),
    ("the consent to free talk is missing", |s| without(s, 5), forged(5)),
    ("the consent to turns is missing", |s| without(s, 9), forged(9)),
    ("a refusal is missing", |s| without(s, 12), forged(12)),
    ("a claim is missing", |s| without(s, 13), forged(13)),
    ("a withdrawal is missing", |s| without(s, 15), forged(15)),
];

#[test]
fn what_nobody_wanted_is_noticed() {
    each_is_noticed_in(&story(), FORGERIES);
}

/// Which entry, and what is changed in it.
type Altered = (&'static str, u64, fn(&mut Event));

/// Changes one field of one kind of event.
macro_rules! field {
    ($kind:ident . $field:ident = $value:expr) => {
        |event: &mut Event| {
            let Event::$kind { $field, .. } = event else {
                panic!("another kind: {event:?}");
            };
            *$field = $value;
        }
    };
}

#[rustfmt::skip]
const SIGNED: &[Altered] = &[
    ("what is proposed", 4, field!(Propose.change = Change::Pace(Pace::Live))),
    ("which mode is proposed", 8, field!(Propose.change = FREE)),
    ("which pace is proposed", 11, field!(Propose.change = Change::Pace(Pace::Correspondence))),
    ("what is agreed to", 5, field!(Accept.proposal = Seq(3))),
    ("what is declined", 12, field!(Decline.proposal = Seq(10))),
    ("what is withdrawn", 15, field!(Withdraw.proposal = Seq(13))),
    ("which turn is claimed", 13, field!(Claim.turn = Turn(5))),
    ("what had been seen", 6, field!(Say.seen = Some(Seq(4)))),
    ("that something had been seen", 6, field!(Say.seen = None)),
    ("that nothing was told of it", 10, field!(Say.seen = Some(Seq(9)))),
    ("an answer, to its opposite", 5, |event| *event = decline(4)),
    ("a refusal, to its opposite", 12, |event| *event = accept(11)),
];

#[test]
fn what_was_agreed_cannot_be_changed() {
    let story = story();
    for &(what, seq, change) in SIGNED {
        let shown = story.with(seq, |entry| change(&mut entry.event));
        for shown in [shown.clone(), story.smoothed(shown)] {
            assert_eq!(read(&mut story.one(), &shown), Err(forged(seq)), "{what}");
        }
    }
}

fn consent_of(story: &Story, other: &Story) -> Vec<Entry> {
    let mut shown = story.log.clone();
    shown[4] = other.log[4].clone();
    shown
}

#[test]
fn a_consent_is_to_one_proposal_in_one_talk() {
    let story = story();
    for (what, other) in [
        ("in another room", of_agreement(ELSEWHERE, Epoch(1))),
        ("another time", of_agreement(CONVERSATION, Epoch(2))),
    ] {
        let shown = consent_of(&story, &other);
        let noticed = read(&mut story.one(), &shown);
        assert_eq!(noticed, Err(other_history(5)), "{what}");
        let noticed = read(&mut story.one(), &story.smoothed(shown));
        assert_eq!(noticed, Err(forged(5)), "{what}, smoothed");
    }
}

#[test]
fn the_story_itself_is_believed() {
    let story = story();
    let mut one = story.one();
    assert_eq!(read(&mut one, &story.log), Ok(()));
    let record = one.record().expect("seated");
    let floor = record.floor();
    assert_eq!((floor.mode, floor.turn), (Mode::Strict, Turn(6)));
    assert_eq!(Seat::BOTH.map(|seat| record.proposal(seat)), [None, None]);
    let seen = story.log.iter().filter_map(|entry| match entry.event {
        Event::Say { seen, .. } => Some(seen.map(|seq| seq.0)),
        _ => None,
    });
    let seen: Vec<_> = seen.collect();
    assert_eq!(seen, [None, Some(5), Some(6), None, None]);
}

/// How long somebody was away only the server can have seen, so that is its word.
#[test]
fn an_absence_is_nobodys_signature() {
    let story = story();
    let shown = then(&story, 4, ONE, Seat::One, claim(2));
    assert_eq!(read(&mut story.one(), &shown), Ok(()));
}

/// Neither has to know what the other wants: when it is the same, it is agreed.
#[test]
fn two_equal_proposals_are_an_agreement() {
    let story = story();
    let shown = then(&story, 5, ONE, Seat::One, propose(FREE));
    let mut one = story.one();
    assert_eq!(read(&mut one, &shown), Ok(()));
    let record = one.record().expect("seated");
    assert_eq!(record.floor().mode, Mode::Free);
    assert_eq!(Seat::BOTH.map(|seat| record.proposal(seat)), [None, None]);

    let other = then(&story, 5, ONE, Seat::One, propose(Change::Pace(Pace::Live)));
    let mut one = story.one();
    assert_eq!(read(&mut one, &other), Ok(()));
    let record = one.record().expect("seated");
    assert_eq!(
        record.floor().mode,
        Mode::Strict,
        "two proposals, no consent"
    );
    assert!(
        Seat::BOTH
            .iter()
            .all(|&seat| record.proposal(seat).is_some())
    );
}
