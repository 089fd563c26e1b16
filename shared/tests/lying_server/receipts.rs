//! How far the other has come is their own word, and nobody else's: each row changes one thing about it.

use shared::{EntryHash, Person, Receipt, Record, RoomId, Scope, Seat, Seq};

use crate::story::{SERVER, Story, THREE, TWO_AGAIN, read};
use crate::support::secret;
use crate::{story, story_of_another_epoch, story_of_another_room};

/// Whoever sits in seat 1, having read the whole story. Across sits [`THREE`].
fn reader(story: &Story) -> Person {
    let mut one = story.one();
    read(&mut one, &story.log).expect("an honest talk");
    one
}

fn hash_of(story: &Story, seq: Seq) -> EntryHash {
    let mut record = Record::new(story.scope);
    for entry in story.log.iter().take_while(|entry| entry.seq <= seq) {
        record.apply(entry);
    }
    record.bookmark().hash
}

/// What is done to a word, and how.
type Change = (&'static str, fn(&mut Receipt));

const DELIVERED: Seq = Seq(13);
const READ: Option<Seq> = Some(Seq(12));

fn signed(story: &Story, who: u8, seat: Seat) -> Receipt {
    let hash = hash_of(story, DELIVERED);
    Receipt::sign(&secret(who), &story.scope, seat, DELIVERED, &hash, READ)
}

#[test]
fn the_others_own_word_is_believed() {
    let story = story();
    let (one, hash) = (reader(&story), hash_of(&story, DELIVERED));
    assert!(one.confirms(Seat::Two, &signed(&story, THREE, Seat::Two), &hash));
    let mut three = story.three();
    let begun = three.welcome(Seat::Two, story.scope.epoch, story.outset);
    begun.expect("an honest outset");
    read(&mut three, &story.log[10..]).expect("an honest talk");
    let word = three.receipt(DELIVERED, &hash, READ).expect("a seat");
    assert_eq!(word, signed(&story, THREE, Seat::Two));
}

#[test]
fn no_watermark_is_raised_or_lowered_by_another() {
    let story = story();
    let (one, hash) = (reader(&story), hash_of(&story, DELIVERED));
    let true_word = signed(&story, THREE, Seat::Two);
    let changes: [Change; 6] = [
        ("delivered further", |word| word.delivered = Seq(14)),
        ("delivered less far", |word| word.delivered = Seq(12)),
        ("read further", |word| word.read = Some(Seq(13))),
        ("read less far", |word| word.read = Some(Seq(0))),
        ("does not tell", |word| word.read = None),
        ("altered", |word| word.sig.0[63] ^= 1),
    ];
    for (what, change) in changes {
        let mut word = true_word;
        change(&mut word);
        // The hub may say of which entry it is: it is none for which it was given.
        for hash in [hash, hash_of(&story, word.delivered)] {
            assert!(!one.confirms(Seat::Two, &word, &hash), "{what}");
        }
    }
}

#[test]
fn no_word_is_given_by_another_or_elsewhere() {
    let story = story();
    let (one, hash) = (reader(&story), hash_of(&story, DELIVERED));
    let (room, epoch) = (story_of_another_room(), story_of_another_epoch());
    for (what, word) in [
        ("by the server", signed(&story, SERVER, Seat::Two)),
        (
            "by who sat there before",
            signed(&story, TWO_AGAIN, Seat::Two),
        ),
        ("in the other seat", signed(&story, THREE, Seat::One)),
        ("in another room", signed(&room, THREE, Seat::Two)),
        ("in another epoch", signed(&epoch, THREE, Seat::Two)),
    ] {
        assert!(!one.confirms(Seat::Two, &word, &hash), "{what}");
    }
}

#[test]
fn a_word_about_another_talk_of_the_same_length_is_not_about_this_one() {
    let story = story();
    let one = reader(&story);
    // What the other was shown in that place was something else.
    let hash = EntryHash([7; 32]);
    let word = Receipt::sign(
        &secret(THREE),
        &story.scope,
        Seat::Two,
        DELIVERED,
        &hash,
        READ,
    );
    assert!(!one.confirms(Seat::Two, &word, &hash_of(&story, DELIVERED)));
}

#[test]
fn nobody_has_read_what_they_have_not_opened() {
    let story = story();
    let (one, hash) = (reader(&story), hash_of(&story, DELIVERED));
    let read = Some(DELIVERED.next());
    let (scope, seat) = (&story.scope, Seat::Two);
    let word = Receipt::sign(&secret(THREE), scope, seat, DELIVERED, &hash, read);
    assert!(!one.confirms(Seat::Two, &word, &hash));
}

#[test]
fn an_earlier_word_takes_nothing_back() {
    let scope = Scope {
        room: RoomId::Table,
        epoch: story().scope.epoch,
    };
    let word = |delivered: u64, read: Option<u64>| {
        let (hash, read) = (EntryHash([0; 32]), read.map(Seq));
        Receipt::sign(&secret(1), &scope, Seat::One, Seq(delivered), &hash, read)
    };
    let known = word(5, Some(3));
    for (later, goes_on) in [
        (word(5, Some(3)), true),
        (word(6, Some(3)), true),
        (word(5, Some(4)), true),
        (word(5, None), true),
        (word(4, Some(3)), false),
        (word(6, Some(2)), false),
        (word(4, None), false),
    ] {
        assert_eq!(later.goes_on_from(&known), goes_on, "{later:?}");
    }
    assert!(word(5, Some(0)).goes_on_from(&word(5, None)));
}
