//! What must not pass: a changed byte, and a true one in a place that is not its own.

use shared::{Event, RoomId, Scope, Sealed};

use super::bodies::header;
use super::keys::json;
use super::{Vectors, person};
use crate::stranger::{self, Key};
use crate::talk::{BEN, Talk};

/// The last byte, another.
fn altered(sealed: &Sealed) -> Sealed {
    let mut bytes = sealed.0.to_vec();
    *bytes.last_mut().expect("a body") ^= 1;
    Sealed::new(bytes)
}

/// Entries that Ben has not signed there.
pub(super) fn entries(v: &mut Vectors, talk: &Talk, elsewhere: RoomId) {
    let true_one = talk.entry(4);
    let mut changed = true_one.clone();
    if let Event::Say { sealed, .. } = &mut changed.event {
        *sealed = altered(sealed);
    }
    let mut moved = true_one.clone();
    moved.prev = talk.scope.genesis();
    let another = Scope {
        room: elsewhere,
        ..talk.scope
    };
    let ben = person(BEN);
    let cases = [
        ("an altered body", talk.scope, &changed),
        ("another place", talk.scope, &moved),
        ("another room", another, true_one),
    ];
    for (name, scope, entry) in cases {
        let signed = stranger::signed(&scope, entry);
        let Some(sig) = entry.sig else {
            panic!("unsigned: {entry:?}");
        };
        assert!(!stranger::has_signed(&ben.key, &signed, &sig.0), "{name}");
        assert!(!entry.is_signed_by(&scope, &ben.secret.key()), "{name}");
        v.section(format_args!("refused entry: {name}"));
        v.scope(&scope);
        v.text("entry", json(entry));
        v.bytes("seat_key", &ben.key);
        v.text("verifies", "no");
    }
}

/// Bodies that do not open there.
pub(super) fn bodies(v: &mut Vectors, talk: &Talk, elsewhere: RoomId, key: &Key) {
    let (here, sealed) = header(talk, 4);
    let mut there = here;
    there.scope.room = elsewhere;
    let cases = [
        ("an altered body", here, altered(&sealed)),
        ("another room", there, sealed),
    ];
    for (name, header, sealed) in cases {
        let header = header.bytes();
        assert_eq!(stranger::open(key, &header, &sealed.0), None, "{name}");
        v.section(format_args!("refused body: {name}"));
        v.bytes("key", key);
        v.bytes("header", &header);
        v.bytes("sealed", &sealed.0);
        v.text("opens", "no");
    }
}
