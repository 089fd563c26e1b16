//! The bytes of `docs/PROTOCOL.md` put together by its tables, as a stranger would do it: nothing here asks `shared`
//! how it does it.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};
use shared::{
    Change, Entry, Event, Invite, LeaveReason, Mode, Pace, Receipt, Scope, Seat, Seq, Store,
};
use x25519_dalek::{PublicKey, StaticSecret};

pub(crate) type Key = [u8; 32];

pub(crate) fn derive(secret: &[u8], info: &[u8]) -> Key {
    let mut key = [0; 32];
    let expanded = Hkdf::<Sha256>::new(None, secret).expand(info, &mut key);
    expanded.expect("32 bytes");
    key
}

pub(crate) fn sha256(bytes: &[u8]) -> Key {
    Sha256::digest(bytes).into()
}

pub(crate) fn signing_key(secret: &Key) -> Key {
    SigningKey::from_bytes(secret).verifying_key().to_bytes()
}

pub(crate) fn sign(secret: &Key, message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(secret).sign(message).to_bytes()
}

/// Whether the signing half of a seat key, or an invite's key, signed this.
pub(crate) fn has_signed(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_bytes(key[..32].try_into().expect("32 bytes"));
    let signature = Signature::from_slice(signature).expect("64 bytes");
    key.is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

pub(crate) fn agreement_key(secret: &Key) -> Key {
    PublicKey::from(&StaticSecret::from(*secret)).to_bytes()
}

pub(crate) fn agree(secret: &Key, seat_key: &[u8; 64]) -> Key {
    let other: Key = seat_key[32..].try_into().expect("32 bytes");
    let agreed = StaticSecret::from(*secret).diffie_hellman(&PublicKey::from(other));
    agreed.to_bytes()
}

/// Room and epoch, as they stand in all that is bound to a talk.
pub(crate) fn scope(scope: &Scope) -> Vec<u8> {
    let room = scope.room.to_string();
    let length = u8::try_from(room.len()).expect("a short name");
    let epoch = scope.epoch.0.to_be_bytes();
    [&[length], room.as_bytes(), &epoch].concat()
}

fn invite(invite: Option<&Invite>) -> Vec<u8> {
    invite.map_or(vec![0], |Invite { key, sig }| {
        [&[1], key.0.as_slice(), &sig.0].concat()
    })
}

fn number(seq: Seq) -> [u8; 8] {
    seq.0.to_be_bytes()
}

fn change(of: Change) -> [u8; 2] {
    match of {
        Change::Mode(Mode::Strict) => [1, 1],
        Change::Mode(Mode::Free) => [1, 2],
        Change::Pace(Pace::Live) => [2, 1],
        Change::Pace(Pace::Relaxed) => [2, 2],
        Change::Pace(Pace::Correspondence) => [2, 3],
        Change::Pace(Pace::Letters) => [2, 4],
        Change::Store(Store::Server) => [3, 1],
        Change::Store(Store::Pages) => [3, 2],
    }
}

/// What an entry says.
pub(crate) fn content(of: &Scope, entry: &Entry) -> Vec<u8> {
    let (kind, rest) = match &entry.event {
        Event::Sit { key, invite: by } => (1, [key.0.as_slice(), &invite(by.as_ref())].concat()),
        Event::Leave { reason } => match reason {
            LeaveReason::Asked => (2, vec![1]),
            LeaveReason::Absent => (2, vec![2]),
        },
        Event::Say {
            id,
            turn,
            end_turn,
            seen,
            sealed,
        } => {
            let (turn, end) = (turn.0.to_be_bytes(), [u8::from(*end_turn)]);
            let seen = seen.map_or(vec![0], |seen| [&[1][..], &number(seen)].concat());
            (
                3,
                [&id.0, &turn[..], &end, &seen, &sha256(&sealed.0)].concat(),
            )
        }
        Event::Pass { turn } => (4, turn.0.to_be_bytes().to_vec()),
        Event::Invite { invite: by } => (5, invite(Some(by))),
        Event::Claim { turn } => (7, turn.0.to_be_bytes().to_vec()),
        Event::Propose { change } => (8, self::change(*change).to_vec()),
        Event::Accept { proposal } => (9, number(*proposal).to_vec()),
        Event::Decline { proposal } => (10, number(*proposal).to_vec()),
        Event::Withdraw { proposal } => (11, number(*proposal).to_vec()),
        Event::Reseat { key, keyring } => (6, [&key.0[..], &sha256(&keyring.0)].concat()),
    };
    let place = [u8::from(entry.seat), kind];
    [&scope(of), &entry.prev.0[..], &place, &rest].concat()
}

/// What its author signs.
pub(crate) fn signed(of: &Scope, entry: &Entry) -> Vec<u8> {
    match &entry.event {
        Event::Sit { key, invite: by } => {
            let room = of.room.to_string();
            let by = invite(by.as_ref());
            [b"duologue.v1 sit\0", &key.0[..], &by, room.as_bytes()].concat()
        }
        _ => [b"duologue.v1 entry\0", &content(of, entry)[..]].concat(),
    }
}

/// What whoever sits in `seat` signs of how far they have come. `hash`: that of the entry `delivered`.
pub(crate) fn receipt(of: &Scope, seat: Seat, hash: &Key, receipt: &Receipt) -> Vec<u8> {
    let read = receipt
        .read
        .map_or(vec![0], |read| [&[1][..], &read.0.to_be_bytes()].concat());
    let delivered = receipt.delivered.0.to_be_bytes();
    let label = b"duologue.v1 receipt\0";
    [
        &label[..],
        &scope(of),
        &[seat.into()],
        &delivered,
        hash,
        &read,
    ]
    .concat()
}

pub(crate) fn hash(of: &Scope, entry: &Entry) -> Key {
    let seq = number(entry.seq);
    let sig = entry.sig.map_or([0; 64], |sig| sig.0);
    let content = content(of, entry);
    sha256(&[b"duologue.v1 chain\0", &seq[..], &content, &sig].concat())
}

/// Random bytes, then the words with their padding, sealed.
pub(crate) fn seal(key: &Key, nonce: &[u8; 24], header: &[u8], words: &[u8]) -> Vec<u8> {
    let mut size = 128;
    while size < 24 + words.len() + 1 + 16 {
        size *= 2;
    }
    let mut padded = [words, &[0x80]].concat();
    padded.resize(size - 24 - 16, 0);
    let payload = Payload {
        msg: &padded,
        aad: header,
    };
    let body = XChaCha20Poly1305::new(key.into()).encrypt(nonce.into(), payload);
    [nonce.as_slice(), &body.expect("short")].concat()
}

pub(crate) fn open(key: &Key, header: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_first_chunk::<24>()?;
    let payload = Payload {
        msg: body,
        aad: header,
    };
    let opened = XChaCha20Poly1305::new(key.into()).decrypt(nonce.into(), payload);
    let mut words = opened.ok()?;
    let end = words.iter().rposition(|byte| *byte != 0)?;
    (words.split_off(end)[0] == 0x80).then_some(words)
}
