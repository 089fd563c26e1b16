//! Who sits: a seat is a pair of keys, one that signs (Ed25519, RFC 8032) and one that agrees (X25519, RFC 7748).
//! `hello` proves that one holds them.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::base64url::text_form;
use crate::derive::derive;
use crate::ids::RoomId;

/// The public half of a seat: the Ed25519 key, then the X25519 key. What the room knows a person by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatKey(pub [u8; 64]);
text_form!(SeatKey);

/// The server's random challenge, the first frame on every socket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 32]);
text_form!(Nonce);

/// A seat key's signature over a challenge: it holds for one connection and one room only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof(pub [u8; 64]);
text_form!(Proof);

/// An Ed25519 signature by a seat or an invite.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);
text_form!(Signature);

/// Sets the proof apart from every other use of the key.
const HELLO: &[u8] = b"duologue.v1 hello\0";
/// Labels for the two halves of a seat's secret.
const SIGNING: &[u8] = b"duologue.v1 seat signing\0";
const AGREEMENT: &[u8] = b"duologue.v1 seat agreement\0";

/// The bytes a proof signs: context, challenge, seat key, room. The room comes last as the only part of varying length.
fn hello_bytes(nonce: &Nonce, room: &RoomId, key: &SeatKey) -> Vec<u8> {
    let room = room.to_string();
    [HELLO, &nonce.0, &key.0, room.as_bytes()].concat()
}

/// Strict verification (no small-order keys): a weak key would let anyone "sign".
pub(crate) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

impl SeatKey {
    /// Whether `proof` was made by this key for this challenge and room.
    #[must_use]
    pub fn verify(&self, nonce: &Nonce, room: &RoomId, proof: &Proof) -> bool {
        verify(self.signing(), &hello_bytes(nonce, room, self), &proof.0)
    }

    /// Whether this key signed `message`.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &Signature) -> bool {
        verify(self.signing(), message, &signature.0)
    }

    /// Whether both halves are keys that nobody else can know the secret of: not weak, not of small order.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let signs = VerifyingKey::from_bytes(self.signing()).is_ok_and(|key| !key.is_weak());
        // Any secret shows it: multiplied by a key of small order it gives zero (RFC 7748, section 6.1).
        let any = StaticSecret::from([1; 32]);
        signs && any.diffie_hellman(&self.agreement()).was_contributory()
    }

    fn signing(&self) -> &[u8; 32] {
        self.halves().0
    }

    fn agreement(&self) -> PublicKey {
        PublicKey::from(*self.halves().1)
    }

    fn halves(&self) -> (&[u8; 32], &[u8; 32]) {
        let (signing, agreement) = self.0.split_first_chunk().expect("64 bytes hold 32");
        (signing, agreement.first_chunk().expect("32 bytes remain"))
    }
}

/// The secret half of a seat. It stays on the device that made it.
#[derive(Clone)]
pub struct SeatSecret {
    seed: Zeroizing<[u8; 32]>,
    signing: SigningKey,
    agreement: StaticSecret,
    /// Kept, since it is asked for often and dear to compute.
    key: SeatKey,
}

impl SeatSecret {
    /// A seat from 32 random bytes; the caller brings the randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let signing = SigningKey::from_bytes(&derive(&bytes, &[SIGNING]));
        let agreement = StaticSecret::from(*derive(&bytes, &[AGREEMENT]));
        let mut key = SeatKey([0; 64]);
        key.0[..32].copy_from_slice(signing.verifying_key().as_bytes());
        key.0[32..].copy_from_slice(PublicKey::from(&agreement).as_bytes());
        Self {
            seed: Zeroizing::new(bytes),
            signing,
            agreement,
            key,
        }
    }

    /// The bytes it was made from, to keep them on this device.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        *self.seed
    }

    /// The public half.
    #[must_use]
    pub fn key(&self) -> SeatKey {
        self.key
    }

    /// Answers a challenge for one room.
    #[must_use]
    pub fn prove(&self, nonce: &Nonce, room: &RoomId) -> Proof {
        Proof(self.sign(&hello_bytes(nonce, room, &self.key())).0)
    }

    /// Signs a message. Every kind of message begins with a context of its own, so that none passes for another.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.signing.sign(message).to_bytes())
    }

    /// What this seat and the other alone can know (X25519); `None` when the other's key makes it known to all.
    #[must_use]
    pub fn agree(&self, other: &SeatKey) -> Option<Zeroizing<[u8; 32]>> {
        let shared = self.agreement.diffie_hellman(&other.agreement());
        let contributory = shared.was_contributory();
        contributory.then(|| Zeroizing::new(shared.to_bytes()))
    }
}

/// Two secrets are one when they were made from the same bytes.
impl PartialEq for SeatSecret {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for SeatSecret {}

/// A secret does not show itself in logs.
impl fmt::Debug for SeatSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeatSecret(of {})", self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ConversationId;

    const NONCE: Nonce = Nonce([1; 32]);

    #[test]
    fn a_proof_holds_for_its_challenge_and_room_only() {
        let secret = SeatSecret::from_bytes([9; 32]);
        let key = secret.key();
        let proof = secret.prove(&NONCE, &RoomId::Table);
        assert!(key.verify(&NONCE, &RoomId::Table, &proof));

        let elsewhere = RoomId::Conversation(ConversationId([0; 16]));
        assert!(!key.verify(&NONCE, &elsewhere, &proof), "another room");
        assert!(
            !key.verify(&Nonce([2; 32]), &RoomId::Table, &proof),
            "replayed to another challenge"
        );
        let other = SeatSecret::from_bytes([8; 32]).key();
        assert!(
            !other.verify(&NONCE, &RoomId::Table, &proof),
            "another person's seat"
        );
        // The agreeing half is bound too: it cannot be exchanged under an honest proof.
        let mut mixed = key;
        mixed.0[32..].copy_from_slice(&other.0[32..]);
        assert!(
            !mixed.verify(&NONCE, &RoomId::Table, &proof),
            "half of another"
        );
    }

    #[test]
    fn a_weak_key_proves_nothing() {
        // The identity point: without strict verification, the all-zero signature passes for any message.
        let mut identity = SeatSecret::from_bytes([9; 32]).key();
        identity.0[..32].fill(0);
        identity.0[0] = 1;
        let mut forged = [0; 64];
        forged[0] = 1;
        assert!(!identity.verify(&NONCE, &RoomId::Table, &Proof(forged)));
        assert!(!identity.is_sound());
    }

    #[test]
    fn a_key_that_agrees_with_everybody_is_found_out() {
        let mut zero = SeatSecret::from_bytes([9; 32]).key();
        assert!(zero.is_sound());
        zero.0[32..].fill(0);
        assert!(!zero.is_sound());
        assert!(SeatSecret::from_bytes([8; 32]).agree(&zero).is_none());
    }

    #[test]
    fn two_seats_agree_and_a_third_does_not() {
        let [one, two, three] = [1, 2, 3].map(|n| SeatSecret::from_bytes([n; 32]));
        let agreed = one.agree(&two.key()).expect("sound keys");
        assert_eq!(two.agree(&one.key()), Some(agreed.clone()));
        assert_ne!(three.agree(&one.key()), Some(agreed));
    }
}
