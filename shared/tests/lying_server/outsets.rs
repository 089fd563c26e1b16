//! Lies about where the talk begins, told to whoever comes later.

use shared::{
    Event, Fault, Floor, Invite, Mode, Opening, Outset, Pace, Person, Reading, Seat, Seq, Sitter,
    Timestamp, Turn,
};

use crate::story::{SERVER, Story, TWO, read};
use crate::support::{link, secret};
use crate::{against_rules, forged, story};

/// What the newcomer finds, from the outset on.
fn told(story: &Story, outset: Outset, smooth: bool) -> Result<Person, Fault> {
    let mut three = story.three();
    three.welcome(Seat::Two, story.scope.epoch, outset)?;
    let mut shown = story.log[10..].to_vec();
    if smooth {
        // The arrival is signed without what came before, so it can be hung upon anything.
        shown[0].seq = outset.seq.next();
        shown[0].prev = outset.hash;
    }
    read(&mut three, &shown).map(|()| three)
}

fn peer(outset: &mut Outset) -> &mut Sitter {
    outset.peer.as_mut().expect("somebody sat there")
}

fn opening(outset: &mut Outset) -> &mut Opening {
    peer(outset).opened.as_mut().expect("a conversation")
}

fn word(outset: &mut Outset) -> &mut Invite {
    &mut opening(outset).invite
}

/// What is changed, how, whether the arrival is made to fit, and what is found.
type FalseOutset = (&'static str, fn(&mut Outset), bool, Fault);

#[rustfmt::skip]
const LIES: &[FalseOutset] = &[
    ("another hash", |outset| outset.hash.0[0] ^= 1, false, forged(10)),
    ("another hash, made to fit", |outset| outset.hash.0[0] ^= 1, true, forged(10)),
    ("a later beginning", |outset| outset.seq = Seq(11), false, forged(11)),
    ("an earlier beginning", |outset| outset.seq = Seq(9), false, forged(9)),
    ("an earlier beginning, made to fit", |outset| outset.seq = Seq(9), true, forged(9)),
    ("a beginning beyond all", |outset| outset.seq = Seq(u64::MAX), false, forged(u64::MAX)),
    ("the very beginning", |outset| outset.seq = Seq::START, false, forged(0)),
    ("another turn", |outset| outset.floor.turn = Turn(8), false, against_rules(12)),
    ("the last turn there is", |outset| outset.floor.turn = Turn(u64::MAX), false, against_rules(12)),
    ("another holder", |outset| outset.floor.holder = Seat::One, false, against_rules(12)),
    ("another peer", |outset| peer(outset).key = secret(SERVER).key(), false, forged(10)),
    ("the peer of an earlier time", |outset| peer(outset).key = secret(TWO).key(), false, forged(10)),
    ("no word of the link", |outset| peer(outset).opened = None, false, forged(10)),
    ("a talk that both agreed to be free", |outset| outset.floor.mode = Mode::Free, false, forged(10)),
    ("a pace that both agreed on", |outset| outset.floor.pace = Pace::Live, false, forged(10)),
    ("opened after something else", |outset| opening(outset).prev.0[0] ^= 1, false, forged(10)),
    ("opened by another signature", |outset| opening(outset).sig.0[0] ^= 1, false, forged(10)),
    ("another peer and no word of the link", |outset| *peer(outset) = Sitter { key: secret(SERVER).key(), opened: None }, false, forged(10)),
    ("no peer", |outset| outset.peer = None, false, forged(10)),
    ("another link", |outset| word(outset).key.0[0] ^= 1, false, forged(10)),
    ("another word of the link", |outset| word(outset).sig.0[0] ^= 1, false, forged(10)),
];

#[test]
fn a_false_outset_is_noticed() {
    let story = story();
    let honest = told(&story, story.outset, false);
    assert_eq!(honest.map(|three| three.seat()), Ok(Some(Seat::Two)));
    for (what, change, smooth, fault) in LIES {
        let mut outset = story.outset;
        change(&mut outset);
        let noticed = told(&story, outset, *smooth).map(|_| ());
        assert_eq!(noticed, Err(*fault), "{what}");
    }
}

/// A server that sits in the other seat itself, by a link of its own, cannot show the newcomer their own arrival.
#[test]
fn a_peer_by_another_link_is_noticed_when_the_newcomer_sits() {
    let story = story();
    let mut outset = story.outset;
    let key = secret(SERVER).key();
    let invite = link(9).vouch(&story.scope.room, &key);
    let event = Event::Invite { invite };
    let prev = opening(&mut outset).prev;
    let sig = secret(SERVER).sign_event(&story.scope, &prev, Seat::One, &event);
    let opened = Some(Opening { prev, invite, sig });
    *peer(&mut outset) = Sitter { key, opened };
    let entry = shared::Entry {
        seq: outset.seq,
        at: Timestamp(0),
        seat: Seat::One,
        prev,
        event,
        sig: Some(sig),
    };
    outset.hash = entry.hash(&story.scope);
    assert_eq!(
        told(&story, outset, true).map(|_| ()),
        Err(against_rules(11))
    );
}

#[test]
fn a_very_beginning_has_nothing_before_it() {
    let story = story();
    let genesis = Outset {
        seq: Seq::START,
        hash: story.scope.genesis(),
        floor: Floor::new(story.scope.room),
        peer: None,
    };
    let begin = |outset| story.three().welcome(Seat::Two, story.scope.epoch, outset);
    assert_eq!(begin(genesis), Ok(()));
    let moved = Floor {
        turn: Turn(2),
        ..genesis.floor
    };
    for outset in [
        Outset {
            hash: story.outset.hash,
            ..genesis
        },
        Outset {
            floor: moved,
            ..genesis
        },
        Outset {
            peer: story.outset.peer,
            ..genesis
        },
    ] {
        assert_eq!(begin(outset), Err(forged(0)), "{outset:?}");
    }
}

/// How often somebody has spoken in the present turn is not signed; it shows when the floor should have moved.
#[test]
fn a_count_that_is_too_high_breaks_nothing() {
    let story = story();
    let mut outset = story.outset;
    outset.floor.said = u8::MAX;
    assert!(told(&story, outset, false).is_ok());
}

#[test]
fn the_newcomer_reads_what_is_meant_for_them() {
    let story = story();
    let mut three = story.three();
    let begun = three.welcome(Seat::Two, story.scope.epoch, story.outset);
    begun.expect("an honest outset");
    let readings: Vec<_> = story.log[10..]
        .iter()
        .map(|entry| three.take(entry))
        .collect();
    let words = |number| Reading::Words(format!("message {number}"));
    let expected = [Reading::Wordless, words(5), words(6), Reading::Wordless];
    assert_eq!(readings, expected);
}
