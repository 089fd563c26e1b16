//! Keys of bodies, bodies, and the keyring that hands keys on.

use shared::{BodyKey, Event, Header, LinkSecret, Scope, Sealed, Seq};

use super::{Person, Vectors, person};
use crate::stranger::{self, Key};
use crate::talk::{ANA, BEN_AGAIN, Talk, body_nonce, conversation, seed};

/// What a body key is made from, besides its talk.
pub(super) struct Holders<'a> {
    pub(super) generation: u64,
    pub(super) link: Option<&'a LinkSecret>,
    pub(super) one: Person,
    pub(super) two: Option<Person>,
}

pub(super) fn body_key(v: &mut Vectors, name: &str, scope: &Scope, of: &Holders<'_>) -> Key {
    let agreed = of
        .two
        .as_ref()
        .map(|two| stranger::agree(&of.one.agreement, &two.key));
    let secret = [
        of.link.map_or(vec![], |link| link.0.to_vec()),
        agreed.map_or(vec![], Vec::from),
    ];
    let generation = of.generation.to_be_bytes();
    let two = of.two.as_ref().map_or([0; 64], |two| two.key);
    let bytes = stranger::scope(scope);
    let info = [
        b"duologue.v1 body\0",
        &bytes[..],
        &generation,
        &of.one.key,
        &two,
    ];
    let key = stranger::derive(&secret.concat(), &info.concat());
    v.section(format_args!("body key: {name}"));
    v.scope(scope);
    v.text("generation", of.generation);
    v.bytes("seat_1", &of.one.key);
    v.bytes("seat_2", &two);
    if let Some(link) = of.link {
        v.bytes("link", &link.0);
    }
    if let (Some(agreed), Some(two)) = (agreed, &of.two) {
        v.bytes("seed_1", &of.one.secret.to_bytes());
        v.bytes("agreed", &agreed);
        assert_eq!(stranger::agree(&two.agreement, &of.one.key), agreed);
    }
    v.bytes("secret", &secret.concat());
    v.bytes("info", &info.concat());
    v.bytes("key", &key);
    let seats = [
        Some(of.one.secret.key()),
        of.two.as_ref().map(|two| two.secret.key()),
    ];
    // Its bytes are hidden; what it seals is not.
    let ours = BodyKey::derive(scope, Seq(of.generation), of.link, &of.one.secret, seats);
    let header = header(&conversation(), 2).0;
    let sealed = ours.expect("a key").seal(&header, &body_nonce(1), "same?");
    let expected = stranger::seal(&key, &body_nonce(1), &header.bytes(), b"same?");
    assert_eq!(*sealed.expect("short").0, *expected);
    key
}

/// Where an entry stands, and its body.
pub(super) fn header(talk: &Talk, seq: u64) -> (Header, Sealed) {
    let entry = talk.entry(seq);
    let Event::Say {
        id,
        turn,
        end_turn,
        seen,
        ref sealed,
    } = entry.event
    else {
        panic!("no message: {entry:?}");
    };
    let header = Header {
        scope: talk.scope,
        prev: entry.prev,
        seat: entry.seat,
        id,
        turn,
        end_turn,
        seen,
    };
    (header, sealed.clone())
}

pub(super) fn body(v: &mut Vectors, name: &str, talk: &Talk, seq: u64, key: &Key, text: &str) {
    let (header, sealed) = header(talk, seq);
    let content = stranger::content(&talk.scope, talk.entry(seq));
    let header = header.bytes();
    assert_eq!(header, content[..content.len() - 32]);
    let nonce = sealed.0[..24].try_into().expect("24 bytes");
    let made = stranger::seal(key, nonce, &header, text.as_bytes());
    assert_eq!(*sealed.0, *made);
    v.section(format_args!("body: {name} {seq}"));
    v.bytes("key", key);
    v.bytes("header", &header);
    v.bytes("nonce", nonce);
    v.text("text", text);
    v.bytes("sealed", &sealed.0);
}

pub(super) fn padding(v: &mut Vectors, key: &BodyKey) {
    let (header, _) = header(&conversation(), 2);
    v.section("padding: bytes of a text, and of its sealed body");
    for step in 7..=14 {
        let longest = (1 << step) - 41;
        for length in [longest, longest + 1] {
            let sealed = key.seal(&header, &body_nonce(1), &"a".repeat(length));
            let size = sealed.map_or("too_long".to_owned(), |sealed| sealed.0.len().to_string());
            v.text(&length.to_string(), size);
        }
    }
}

pub(super) fn keyring(v: &mut Vectors, talk: &Talk, keys: &[(u64, Key)]) {
    let (ana, ben) = (person(ANA), person(BEN_AGAIN));
    let scope = stranger::scope(&talk.scope);
    let agreed = stranger::agree(&ana.agreement, &ben.key);
    let info = [b"duologue.v1 keyring\0", &scope[..], &ana.key, &ben.key].concat();
    let key = stranger::derive(&agreed, &info);
    let items = keys
        .iter()
        .map(|(generation, key)| [&generation.to_be_bytes()[..], key].concat());
    let ring = items.collect::<Vec<_>>().concat();
    let sealed = stranger::seal(&key, &body_nonce(6), b"duologue.v1 keyring\0", &ring);
    let Event::Reseat { ref keyring, .. } = talk.entry(6).event else {
        panic!("no reseat: {:?}", talk.entry(6));
    };
    assert_eq!(*keyring.0, *sealed);
    v.section("keyring: from Ana to Ben again");
    v.scope(&talk.scope);
    v.bytes("seed", &seed(ANA));
    v.bytes("from", &ana.key);
    v.bytes("to", &ben.key);
    v.bytes("agreed", &agreed);
    v.bytes("info", &info);
    v.bytes("key", &key);
    v.bytes("nonce", &body_nonce(6));
    v.bytes("ring", &ring);
    v.bytes("sealed", &sealed);
}
