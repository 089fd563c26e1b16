//! The other person's program, written by a stranger from `docs/PROTOCOL.md`: it has the right keys, and may put
//! anything inside.

use std::sync::LazyLock;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::Sha256;
use shared::{BodyNonce, LinkSecret, Scope, Sealed, SeatKey, SeatSecret};

use super::place::Place;

const BODY: &[u8] = b"duologue.v1 body\0";
pub(crate) const RING: &[u8] = b"duologue.v1 keyring\0";

static ONE: LazyLock<SeatSecret> = LazyLock::new(|| SeatSecret::from_bytes([1; 32]));
static TWO: LazyLock<SeatSecret> = LazyLock::new(|| SeatSecret::from_bytes([2; 32]));

/// The first person: whose program is ours.
pub(crate) fn one() -> &'static SeatSecret {
    &ONE
}

/// The stranger.
pub(crate) fn two() -> &'static SeatSecret {
    &TWO
}

fn agreed() -> [u8; 32] {
    *two().agree(&one().key()).expect("both keys are sound")
}

fn scope_bytes(scope: &Scope) -> Vec<u8> {
    let room = scope.room.to_string();
    let length = u8::try_from(room.len()).expect("names are short");
    [&[length], room.as_bytes(), &scope.epoch.0.to_be_bytes()].concat()
}

fn derived(secret: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut key = [0; 32];
    let hkdf = Hkdf::<Sha256>::new(None, secret);
    hkdf.expand_multi_info(info, &mut key)
        .expect("32 bytes are few");
    key
}

/// The key to what is said in a place.
pub(crate) fn body_key(place: &Place, generation: u64) -> Option<[u8; 32]> {
    let seats = place.seats();
    let agreed = seats[1].map(|_| agreed());
    key_of(
        &place.header().scope,
        generation,
        place.link(),
        agreed,
        seats,
    )
}

/// The key to what is said while these two sit by this link.
pub(crate) fn talk_key(
    scope: &Scope,
    generation: u64,
    link: LinkSecret,
    seats: [SeatKey; 2],
) -> [u8; 32] {
    let seats = seats.map(Some);
    key_of(scope, generation, Some(link), Some(agreed()), seats).expect("there is a link")
}

fn key_of(
    scope: &Scope,
    generation: u64,
    link: Option<LinkSecret>,
    agreed: Option<[u8; 32]>,
    seats: [Option<SeatKey>; 2],
) -> Option<[u8; 32]> {
    let parts = [link.map(|link| link.0), agreed];
    let secret: Vec<u8> = parts.into_iter().flatten().flatten().collect();
    let [first, second] = seats.map(|key| key.map_or([0; 64], |key| key.0));
    let scope = scope_bytes(scope);
    let info: [&[u8]; 5] = [BODY, &scope, &generation.to_be_bytes(), &first, &second];
    (!secret.is_empty()).then(|| derived(&secret, &info))
}

/// The key of a ring that goes from the stranger to the first person.
pub(crate) fn ring_key(scope: &Scope) -> [u8; 32] {
    let info: [&[u8]; 4] = [RING, &scope_bytes(scope), &two().key().0, &one().key().0];
    derived(&agreed(), &info)
}

/// Seals anything, padded or not.
pub(crate) fn seal(key: &[u8; 32], aad: &[u8], nonce: &BodyNonce, inside: &[u8]) -> Sealed {
    let cipher = XChaCha20Poly1305::new(key.into());
    let payload = Payload { msg: inside, aad };
    let body = cipher
        .encrypt(nonce.into(), payload)
        .expect("it fits into memory");
    Sealed::new([nonce.as_slice(), &body].concat())
}

/// Where the words end, if what is inside is padded as it must be: 0x80, then only zeros.
pub(crate) fn end(inside: &[u8]) -> Option<usize> {
    let end = inside.iter().rposition(|byte| *byte != 0)?;
    (inside[end] == 0x80).then_some(end)
}

/// The words inside.
pub(crate) fn words(inside: &[u8]) -> Option<String> {
    let words = &inside[..end(inside)?];
    Some(String::from_utf8_lossy(words).into_owned())
}
