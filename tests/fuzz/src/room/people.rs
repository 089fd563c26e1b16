//! The people around a room: their keys, their links, and how truly they sign.

use std::sync::LazyLock;

use shared::{EntryHash, Event, Invite, LinkSecret, RoomId, Scope, Seat, SeatSecret, Signature};

use super::step::Truth;

/// More than there are seats.
static PEOPLE: LazyLock<[SeatSecret; 4]> =
    LazyLock::new(|| [1, 2, 3, 4].map(|number| SeatSecret::from_bytes([number; 32])));

const LINKS: u8 = 3;

pub(crate) fn person(number: u8) -> &'static SeatSecret {
    &PEOPLE[usize::from(number) % PEOPLE.len()]
}

/// What a link says for `who`; every fourth number stands for none.
pub(crate) fn invite(number: u8, room: &RoomId, who: &SeatSecret) -> Option<Invite> {
    let number = number % (LINKS + 1);
    (number < LINKS).then(|| LinkSecret([number; 32]).vouch(room, &who.key()))
}

/// A signature of what `who` does after `prev`, as true as it is.
pub(crate) fn sign(
    truth: Truth,
    who: &SeatSecret,
    scope: &Scope,
    prev: &EntryHash,
    seat: Seat,
    event: &Event,
) -> Signature {
    let who = match truth {
        Truth::ByAnother(number) => person(number),
        _ => who,
    };
    altered(truth, who.sign_event(scope, prev, seat, event))
}

/// A signature of the wish to sit.
pub(crate) fn sign_sit(
    truth: Truth,
    who: &SeatSecret,
    room: &RoomId,
    invite: Option<&Invite>,
) -> Signature {
    let who = match truth {
        Truth::ByAnother(number) => person(number),
        _ => who,
    };
    altered(truth, who.sign_sit(room, invite))
}

fn altered(truth: Truth, mut signature: Signature) -> Signature {
    if let Truth::Altered(byte) = truth {
        signature.0[usize::from(byte) % 64] ^= 1 << (byte % 8);
    }
    signature
}
