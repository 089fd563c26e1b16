//! What opens, what does not, and what a length tells.

use super::*;
use crate::ids::{ConversationId, EntryHash, EntryId, Epoch, RoomId, Seat, Turn};

const LINK: LinkSecret = LinkSecret([7; 32]);

fn scope(room: u8) -> Scope {
    Scope {
        room: RoomId::Conversation(ConversationId([room; 16])),
        epoch: Epoch(1),
    }
}

fn header() -> Header {
    Header {
        scope: scope(1),
        prev: EntryHash([3; 32]),
        seat: Seat::One,
        id: EntryId([4; 16]),
        turn: Turn(5),
        end_turn: true,
        seen: None,
    }
}

fn body_key(number: u8) -> BodyKey {
    BodyKey(Zeroizing::new([number; 32]))
}

fn people() -> [SeatSecret; 3] {
    [1, 2, 3].map(|n| SeatSecret::from_bytes([n; 32]))
}

#[test]
fn both_derive_one_key_and_nobody_else_does() {
    let [one, two, three] = people();
    let seats = [Some(one.key()), Some(two.key())];
    let key = BodyKey::derive(&scope(1), Seq(2), Some(&LINK), &one, seats);
    assert!(key.is_some());
    let of = |link: &LinkSecret, me: &SeatSecret, scope: Scope, generation| {
        BodyKey::derive(&scope, Seq(generation), Some(link), me, seats)
    };
    assert_eq!(of(&LINK, &two, scope(1), 2), key);
    assert_ne!(of(&LINK, &two, scope(2), 2), key, "another room");
    assert_ne!(of(&LINK, &two, scope(1), 3), key, "another generation");
    assert_ne!(
        of(&LinkSecret([8; 32]), &two, scope(1), 2),
        key,
        "another link"
    );
    let thief = [Some(one.key()), Some(three.key())];
    let stolen = BodyKey::derive(&scope(1), Seq(2), Some(&LINK), &three, thief);
    assert_ne!(stolen, key, "with the link, and not in the seat");
}

#[test]
fn alone_the_link_makes_a_key_and_without_a_link_there_is_none() {
    let [one, two, _] = people();
    let seats = [Some(one.key()), None];
    let key = BodyKey::derive(&scope(1), Seq(1), Some(&LINK), &one, seats);
    assert!(key.is_some());
    // Whoever comes by the link reads what was said before.
    assert_eq!(
        BodyKey::derive(&scope(1), Seq(1), Some(&LINK), &two, seats),
        key
    );
    assert_eq!(BodyKey::derive(&scope(1), Seq(1), None, &one, seats), None);
}

#[test]
fn a_body_opens_in_its_place_only() {
    let key = body_key(9);
    let sealed = key
        .seal(&header(), &[1; 24], "Grüße 👋\nזה")
        .expect("short");
    assert_eq!(key.open(&header(), &sealed).as_deref(), Ok("Grüße 👋\nזה"));
    let other = body_key(8);
    assert_eq!(other.open(&header(), &sealed), Err(NotOpened));
    for moved in [
        Header {
            scope: scope(2),
            ..header()
        },
        Header {
            prev: EntryHash([0; 32]),
            ..header()
        },
        Header {
            seat: Seat::Two,
            ..header()
        },
        Header {
            id: EntryId([0; 16]),
            ..header()
        },
        Header {
            turn: Turn(6),
            ..header()
        },
        Header {
            end_turn: false,
            ..header()
        },
        Header {
            seen: Some(Seq(3)),
            ..header()
        },
    ] {
        assert_eq!(key.open(&moved, &sealed), Err(NotOpened), "{moved:?}");
    }
    for at in [0, NONCE, sealed.0.len() - 1] {
        let mut changed = sealed.0.to_vec();
        changed[at] ^= 1;
        assert_eq!(key.open(&header(), &Sealed::new(changed)), Err(NotOpened));
    }
    for short in [0, 1, NONCE, NONCE + TAG] {
        let short = Sealed::new(&sealed.0[..short]);
        assert_eq!(key.open(&header(), &short), Err(NotOpened));
    }
}

#[test]
fn lengths_come_in_few_sizes() {
    let key = body_key(9);
    let size = |length: usize| {
        let sealed = key.seal(&header(), &[1; 24], &"a".repeat(length));
        sealed.map(|sealed| sealed.0.len())
    };
    for (length, expected) in [
        (0, 128),
        (87, 128),
        (88, 256),
        (MAX_TEXT_BYTES, MAX_SEALED_BYTES),
    ] {
        assert_eq!(size(length), Ok(expected), "{length}");
    }
    assert_eq!(size(MAX_TEXT_BYTES + 1), Err(TooLong));
}

#[test]
fn a_text_that_looks_like_padding_comes_back_whole() {
    let key = body_key(9);
    for text in ["", "\0", "a\0\0", "\u{80}"] {
        let sealed = key.seal(&header(), &[1; 24], text).expect("short");
        assert_eq!(key.open(&header(), &sealed).as_deref(), Ok(text));
    }
}

#[test]
fn a_keyring_opens_for_the_one_it_is_for() {
    let [one, two, three] = people();
    let mut ring = Keyring::default();
    ring.insert(Seq(1), body_key(9));
    ring.insert(Seq(12), body_key(8));
    let sealed = ring
        .seal(&scope(1), &one, &two.key(), &[5; 24])
        .expect("sound keys");
    let opened = Keyring::open(&scope(1), &two, &one.key(), &sealed);
    assert_eq!(opened, Ok(ring));
    let elsewhere = Keyring::open(&scope(2), &two, &one.key(), &sealed);
    assert_eq!(elsewhere, Err(NotOpened), "another room");
    let by_another = Keyring::open(&scope(1), &three, &one.key(), &sealed);
    assert_eq!(by_another, Err(NotOpened));
    let from_another = Keyring::open(&scope(1), &two, &three.key(), &sealed);
    assert_eq!(from_another, Err(NotOpened));
}

#[test]
fn a_keyring_brings_no_keys_to_what_is_yet_to_be_said() {
    let ring = |keys: &[(u64, u8)]| {
        let mut ring = Keyring::default();
        for (generation, key) in keys {
            ring.insert(Seq(*generation), body_key(*key));
        }
        ring
    };
    let mut mine = ring(&[(12, 8)]);
    mine.extend(ring(&[(1, 9), (12, 7), (13, 6)]), Seq(12));
    assert_eq!(mine, ring(&[(1, 9), (12, 7)]));
}
