//! `docs/vectors.txt`: every value made again from its inputs, by the document's tables and by `shared`, and compared.
//! `DUOLOGUE_UPDATE_VECTORS=1` writes the file anew.

mod bodies;
mod keys;
mod refused;

use std::fmt::{Display, Write as _};
use std::{env, fs};

use shared::{BodyKey, ConnectionId, Scope, SeatSecret, Seq};

use crate::stranger::{self, Key};
use crate::talk::{ANA, BEN, BEN_AGAIN, CEM, conversation, links, secret, seed, table};
use bodies::Holders;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors.txt");

const HEAD: &str = "\
# Test vectors of duologue.v1, for PROTOCOL.md, which says how each value is made from those above it in its section.
# Bytes are in hexadecimal; rooms, epochs, entries and words are text, as they travel; numbers are decimal.
# shared/tests/protocol/vectors.rs makes and checks this file. `python3 docs/duologue.py docs/vectors.txt` checks it too.
";

/// The file, being written.
struct Vectors(String);

impl Vectors {
    fn section(&mut self, title: impl Display) {
        write!(self.0, "\n[{title}]\n").expect("room for text");
    }

    fn text(&mut self, name: &str, value: impl Display) {
        writeln!(self.0, "{name} {value}").expect("room for text");
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.text(name, hex);
    }

    fn scope(&mut self, scope: &Scope) {
        self.text("room", scope.room);
        self.text("epoch", scope.epoch);
    }
}

/// A person as a stranger makes them.
struct Person {
    secret: SeatSecret,
    signing: Key,
    agreement: Key,
    key: [u8; 64],
}

fn person(of: ConnectionId) -> Person {
    let signing = stranger::derive(&seed(of), b"duologue.v1 seat signing\0");
    let agreement = stranger::derive(&seed(of), b"duologue.v1 seat agreement\0");
    let halves = [
        stranger::signing_key(&signing),
        stranger::agreement_key(&agreement),
    ];
    let key: [u8; 64] = halves.concat().try_into().expect("two halves");
    let secret = secret(of);
    assert_eq!(secret.key().0, key);
    Person {
        secret,
        signing,
        agreement,
        key,
    }
}

/// The whole file, as it should be.
fn vectors() -> String {
    let mut vectors = Vectors(HEAD.to_owned());
    let v = &mut vectors;
    let (conversation, table) = (conversation(), table());
    let talks = [("conversation", &conversation), ("table", &table)];
    let scope = &conversation.scope;
    let [link, _] = &links();

    keys::seats(v);
    keys::proof(v, scope.room);
    keys::invite(v, scope.room, link);
    for (name, talk) in talks {
        keys::genesis(v, name, &talk.scope);
    }
    for (name, talk) in talks {
        keys::entries(v, name, talk);
    }
    keys::receipts(v, &conversation);
    let holders = |generation, link, two: Option<_>| Holders {
        generation,
        link,
        one: person(ANA),
        two: two.map(person),
    };
    let mut body_key = |name, scope, holders| bodies::body_key(v, name, scope, &holders);
    let alone = body_key("alone, by a link", scope, holders(1, Some(link), None));
    let both = body_key("both, by a link", scope, holders(3, Some(link), Some(BEN)));
    let [_, second] = &links();
    let others = holders(9, Some(second), Some(CEM));
    let others = body_key("others, by another link", scope, others);
    let again = holders(6, Some(link), Some(BEN_AGAIN));
    body_key("both, after a reseat", scope, again);
    let at_table = holders(2, None, Some(BEN));
    let at_table = body_key("both, at the table", &table.scope, at_table);

    bodies::body(v, "conversation", &conversation, 2, &alone, "Hello?");
    bodies::body(
        v,
        "conversation",
        &conversation,
        4,
        &both,
        "Yes, I am here.",
    );
    bodies::body(
        v,
        "conversation",
        &conversation,
        14,
        &others,
        "So, how are you?",
    );
    bodies::body(v, "table", &table, 3, &at_table, "Nobody heard me before.");
    let seats = [Some(secret(ANA).key()), None];
    let ours = BodyKey::derive(scope, Seq(1), Some(link), &secret(ANA), seats);
    bodies::padding(v, &ours.expect("a key"));
    bodies::keyring(v, &conversation, &[(3, both), (1, alone)]);
    keys::words(v, scope.room);
    refused::entries(v, &conversation, table.scope.room);
    refused::bodies(v, &conversation, table.scope.room, &both);
    vectors.0
}

#[test]
fn the_vectors_are_true() {
    let made = vectors();
    if env::var_os("DUOLOGUE_UPDATE_VECTORS").is_some() {
        fs::write(FILE, &made).expect("docs/vectors.txt can be written");
    }
    let file = fs::read_to_string(FILE).expect("docs/vectors.txt can be read");
    for (number, (told, made)) in file.lines().zip(made.lines()).enumerate() {
        assert_eq!(told, made, "docs/vectors.txt, line {}", number + 1);
    }
    assert_eq!(file, made);
}
