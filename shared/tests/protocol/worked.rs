//! The examples are one worked talk, and its proof, hashes, signatures and bodies are true.

use shared::{
    ClientFrame, Entry, LinkSecret, Nonce, Outset, Person, Reading, RoomId, Scope, Seat,
    SeatSecret, Seq, ServerFrame, safety_words,
};

use crate::document::{bytes, client_examples, entries, server_examples, told};
use crate::stranger;
use crate::talk::{ANA, BEN, BEN_AGAIN, CEM, conversation, links, secret, seed, table};

fn fixed<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().expect("so many bytes")
}

#[test]
fn the_worked_proof_is_true() {
    let told = told("text proof");
    let told = |name: &str| told[name].as_str();

    // As a stranger would do it, from the document's words.
    let signed = [
        b"duologue.v1 hello\0".as_slice(),
        &bytes(told("nonce")),
        &bytes(told("seat key")),
        told("room").as_bytes(),
    ]
    .concat();
    assert_eq!(bytes(told("signed")), signed);
    let key = bytes(told("seat key"));
    assert!(stranger::has_signed(&key, &signed, &bytes(told("proof"))));

    // As we do it.
    let room: RoomId = told("room").parse().unwrap();
    let secret = SeatSecret::from_bytes(fixed(told("seed")));
    let nonce = Nonce(fixed(told("nonce")));
    assert_eq!(secret.key().0.as_slice(), key);
    let proof = secret.prove(&nonce, &room);
    assert_eq!(proof.0, fixed(told("proof")));

    // And as the examples show it.
    let challenge = ServerFrame::Challenge { nonce };
    assert!(server_examples().contains(&challenge));
    let of_the_example = |frame: &ClientFrame| match frame {
        ClientFrame::Hello {
            room: of,
            seat_key,
            proof: shown,
            ..
        } => (*of, *seat_key, *shown) == (room, secret.key(), proof),
        _ => false,
    };
    assert!(client_examples().iter().any(of_the_example));
}

/// What anybody signed, and what was made from it; all else in the examples can be told of any talk.
fn is_bound(frame: &ServerFrame) -> bool {
    matches!(
        frame,
        ServerFrame::Challenge { .. }
            | ServerFrame::Welcome { .. }
            | ServerFrame::Entries { .. }
            | ServerFrame::Entry(_)
            | ServerFrame::Stored { .. }
            | ServerFrame::Turn(_)
            | ServerFrame::Receipt { .. }
            | ServerFrame::Ask { .. }
            | ServerFrame::Claimable { .. }
            | ServerFrame::Signal { .. }
    )
}

#[track_caller]
fn assert_told<F: PartialEq + serde::Serialize>(example: &F, talk: &[F]) {
    let text = |frame: &F| serde_json::to_string(frame).expect("a frame is JSON");
    let all: Vec<_> = talk.iter().map(text).collect();
    assert!(
        talk.contains(example),
        "not of the worked talk: {}\nwhich is:\n{}",
        text(example),
        all.join("\n")
    );
}

#[test]
fn every_example_is_of_the_worked_talk() {
    let (conversation, table) = (conversation(), table());
    let asked = [conversation.asked, table.asked].concat();
    for example in client_examples() {
        let unbound = matches!(
            example,
            ClientFrame::Ping {}
                | ClientFrame::Typing {}
                | ClientFrame::Ice {}
                | ClientFrame::Direct { .. }
        );
        if !unbound {
            assert_told(&example, &asked);
        }
    }
    let told = [conversation.told, table.told].concat();
    for example in server_examples().iter().filter(|frame| is_bound(frame)) {
        assert_told(example, &told);
    }
}

/// What one person reads of the examples' entries, following them from the outset that an example tells.
fn follow(
    mut person: Person,
    shown: &[Entry],
    scope: &Scope,
    outset: Outset,
) -> Vec<(u64, String)> {
    let mut readings = Vec::new();
    let seated = person.welcome(Seat::One, scope.epoch, outset);
    seated.expect("the very beginning");
    let mut hash = scope.genesis();
    while let Some(entry) = shown.iter().find(|entry| entry.prev == hash) {
        if let Err(fault) = person.check(entry) {
            panic!("{fault}: {entry:?}");
        }
        if let Reading::Words(words) = person.take(entry) {
            readings.push((entry.seq.0, words));
        }
        hash = person.bookmark().expect("an entry is known").hash;
        assert_eq!(hash.0, stranger::hash(scope, entry), "{entry:?}");
    }
    let last = person.bookmark().map(|bookmark| bookmark.seq);
    let all = conversation().entries;
    assert_eq!(last, all.last().map(|entry| entry.seq), "shown to the end");
    readings
}

#[test]
fn the_examples_chain_and_their_bodies_open() {
    let told = told("text talk");
    let told = |name: &str| told[name].as_str();
    let scope = Scope {
        room: told("room").parse().unwrap(),
        epoch: told("epoch").parse().unwrap(),
    };
    let frames = server_examples();
    let outset = frames.iter().find_map(|frame| match frame {
        ServerFrame::Welcome { outset, .. } if outset.seq == Seq::START => Some(*outset),
        _ => None,
    });
    let shown = entries(&frames);
    let said = [2, 4, 14, 15, 21].map(|seq| (seq, told(&format!("entry {seq}")).to_owned()));
    let [link, second] = ["link", "second link"].map(|name| LinkSecret(fixed(told(name))));
    for (seed, links, reads) in [
        ("seed of Ana", vec![link, second], 5),
        ("seed of Ben", vec![link], 2),
    ] {
        let secret = SeatSecret::from_bytes(fixed(told(seed)));
        let person = Person::new(scope.room, secret, links);
        let read = follow(person, &shown, &scope, outset.expect("an example"));
        assert_eq!(read, said[..reads], "{seed}");
    }
}

#[test]
fn the_worked_talk_is_told_as_it_is() {
    let told = told("text talk");
    let told = |name: &str| told[name].as_str();
    let talk = conversation();
    assert_eq!(told("room"), talk.scope.room.to_string());
    assert_eq!(told("epoch"), talk.scope.epoch.to_string());
    for (name, of) in [
        ("seed of Ana", ANA),
        ("seed of Ben", BEN),
        ("seed of Ben, again", BEN_AGAIN),
        ("seed of Cem", CEM),
    ] {
        assert_eq!(fixed(told(name)), seed(of), "{name}");
    }
    let links = links();
    for (name, link) in ["link", "second link"].into_iter().zip(links) {
        assert_eq!(fixed(told(name)), link.0, "{name}");
    }
    let seats = [ANA, BEN].map(|of| secret(of).key());
    let words = safety_words(&talk.scope.room, seats);
    assert_eq!(told("safety words"), words.join(" "));
}
