//! Keys, what they sign, the chain of entries, and the words for two of them.

use shared::{
    ClientFrame, Entry, LinkSecret, Receipt, RoomId, Scope, Seat, ServerFrame, safety_words,
    signed_bytes,
};

use super::{Person, Vectors, person};
use crate::stranger;
use crate::talk::{ANA, BEN, BEN_AGAIN, CEM, Talk, challenge, seed};

pub(super) fn seats(v: &mut Vectors) {
    for (name, of) in [
        ("Ana", ANA),
        ("Ben", BEN),
        ("Ben again", BEN_AGAIN),
        ("Cem", CEM),
    ] {
        let person = person(of);
        v.section(format_args!("seat: {name}"));
        v.bytes("seed", &seed(of));
        v.bytes("signing_secret", &person.signing);
        v.bytes("agreement_secret", &person.agreement);
        v.bytes("seat_key", &person.key);
    }
}

pub(super) fn proof(v: &mut Vectors, room: RoomId) {
    let (ben, nonce) = (person(BEN), challenge(BEN));
    let name = room.to_string();
    let signed = [
        b"duologue.v1 hello\0",
        &nonce.0[..],
        &ben.key,
        name.as_bytes(),
    ];
    let signed = signed.concat();
    let proof = stranger::sign(&ben.signing, &signed);
    assert_eq!(ben.secret.prove(&nonce, &room).0, proof);
    v.section("proof: Ben");
    v.bytes("seed", &seed(BEN));
    v.bytes("nonce", &nonce.0);
    v.text("room", room);
    v.bytes("signed", &signed);
    v.bytes("proof", &proof);
}

pub(super) fn invite(v: &mut Vectors, room: RoomId, link: &LinkSecret) {
    const LABEL: &[u8] = b"duologue.v1 invite\0";
    let (ben, name) = (person(BEN), room.to_string());
    let invite_secret = stranger::derive(&link.0, &[LABEL, name.as_bytes()].concat());
    let invite_key = stranger::signing_key(&invite_secret);
    let signed = [LABEL, &ben.key, name.as_bytes()].concat();
    let sig = stranger::sign(&invite_secret, &signed);
    let invite = link.vouch(&room, &ben.secret.key());
    assert_eq!((invite.key.0, invite.sig.0), (invite_key, sig));
    v.section("invite: Ben");
    v.bytes("link", &link.0);
    v.text("room", room);
    v.bytes("seat_key", &ben.key);
    v.bytes("invite_secret", &invite_secret);
    v.bytes("invite_key", &invite_key);
    v.bytes("signed", &signed);
    v.bytes("sig", &sig);
}

pub(super) fn genesis(v: &mut Vectors, name: &str, scope: &Scope) {
    let bytes = stranger::scope(scope);
    let hash = stranger::sha256(&[b"duologue.v1 chain\0", &bytes[..]].concat());
    assert_eq!(scope.genesis().0, hash);
    v.section(format_args!("genesis: {name}"));
    v.scope(scope);
    v.bytes("scope", &bytes);
    v.bytes("hash", &hash);
}

pub(super) fn entries(v: &mut Vectors, name: &str, talk: &Talk) {
    let scope = &talk.scope;
    for entry in &talk.entries {
        let (signed, hash) = (stranger::signed(scope, entry), stranger::hash(scope, entry));
        let by_us = signed_bytes(scope, &entry.prev, entry.seat, &entry.event);
        assert_eq!((by_us, entry.hash(scope).0), (signed.clone(), hash));
        v.section(format_args!("entry: {name} {}", entry.seq.0));
        v.scope(scope);
        v.text("entry", json(entry));
        v.bytes("content", &stranger::content(scope, entry));
        if let Some(sig) = entry.sig {
            let author = [ANA, BEN, BEN_AGAIN, CEM].map(person);
            let signs = |person: &&Person| stranger::sign(&person.signing, &signed) == sig.0;
            let author = author.iter().find(signs).expect("somebody signed it");
            v.bytes("seat_key", &author.key);
            v.bytes("signed", &signed);
            v.bytes("sig", &sig.0);
            v.text("verifies", "yes");
        }
        v.bytes("hash", &hash);
    }
}

/// What the people of a talk have told of how far they have come.
pub(super) fn receipts(v: &mut Vectors, talk: &Talk) {
    let scope = &talk.scope;
    let seat_of = |asked: &Receipt| {
        talk.told.iter().find_map(|frame| match *frame {
            ServerFrame::Receipt { seat, receipt } if receipt == *asked => Some(seat),
            _ => None,
        })
    };
    let told = talk.asked.iter().filter_map(|frame| match *frame {
        ClientFrame::Receipt(receipt) => Some((seat_of(&receipt).expect("told"), receipt)),
        _ => None,
    });
    for (number, (seat, receipt)) in told.enumerate() {
        let Receipt {
            delivered,
            read,
            sig,
            ..
        } = receipt;
        let hash = talk.entry(delivered.0).hash(scope);
        let author = person(if seat == Seat::One { ANA } else { BEN });
        let signed = stranger::receipt(scope, seat, &hash.0, &receipt);
        assert_eq!(stranger::sign(&author.signing, &signed), sig.0);
        assert!(receipt.is_signed_by(scope, seat, &author.secret.key(), &hash));
        v.section(format_args!("receipt: {}", number + 1));
        v.scope(scope);
        v.bytes("seed", &author.secret.to_bytes());
        v.text("seat", seat);
        v.text("delivered", delivered.0);
        v.bytes("hash", &hash.0);
        v.text(
            "read",
            read.map_or("none".to_owned(), |read| read.0.to_string()),
        );
        v.bytes("signed", &signed);
        v.bytes("sig", &sig.0);
    }
}

pub(super) fn json(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("an entry is JSON")
}

pub(super) fn words(v: &mut Vectors, room: RoomId) {
    let seats = [ANA, BEN].map(person);
    let name = room.to_string();
    let input = [
        b"duologue.v1 words\0",
        &seats[0].key[..],
        &seats[1].key,
        name.as_bytes(),
    ];
    let input = input.concat();
    let mut hash = stranger::sha256(&input);
    for _ in 1..16384 {
        hash = stranger::sha256(&[&hash[..], &input].concat());
    }
    let bits: String = hash.iter().map(|byte| format!("{byte:08b}")).collect();
    let number = |at: usize| usize::from_str_radix(&bits[11 * at..11 * at + 11], 2).expect("bits");
    let numbers: Vec<_> = (0..8).map(|at| number(at).to_string()).collect();
    v.section("safety words: Ana and Ben");
    v.text("room", room);
    v.bytes("seat_1", &seats[0].key);
    v.bytes("seat_2", &seats[1].key);
    v.bytes("hash", &hash);
    v.text("numbers", numbers.join(" "));
    let ours = safety_words(&room, seats.map(|seat| seat.secret.key()));
    let list: Vec<_> = bip39::Language::English.word_list().to_vec();
    assert_eq!(ours, std::array::from_fn(|at| list[number(at)]));
    v.text("words", ours.join(" "));
}
