//! Who sits: a seat is an Ed25519 key (RFC 8032), and `hello` proves that one holds it.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::base64url::text_form;
use crate::ids::RoomId;

/// The public half of a seat's Ed25519 key: what the room knows a person by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatKey(pub [u8; 32]);
text_form!(SeatKey);

/// The server's random challenge, the first frame on every socket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 32]);
text_form!(Nonce);

/// A seat key's signature over a challenge: it holds for one connection and one room only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof(pub [u8; 64]);
text_form!(Proof);

/// Sets these signatures apart from every other use of the key.
const CONTEXT: &[u8] = b"duologue.v1 hello\0";

/// The bytes a proof signs: context, challenge, seat key, room. The room comes last as the only part of varying length.
fn signed_bytes(nonce: &Nonce, room: &RoomId, key: &SeatKey) -> Vec<u8> {
    let room = room.to_string();
    [CONTEXT, &nonce.0, &key.0, room.as_bytes()].concat()
}

impl SeatKey {
    /// Whether `proof` was made by this key for this challenge and room.
    /// Strict verification (no small-order keys): a weak key would let anyone "sign".
    #[must_use]
    pub fn verify(&self, nonce: &Nonce, room: &RoomId, proof: &Proof) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            let signature = Signature::from_bytes(&proof.0);
            key.verify_strict(&signed_bytes(nonce, room, self), &signature)
                .is_ok()
        })
    }
}

/// The secret half of a seat. It stays on the device that made it.
#[derive(Clone)]
pub struct SeatSecret(SigningKey);

impl SeatSecret {
    /// A seat from 32 random bytes; the caller brings the randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// The bytes it was made from, to keep them on this device.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn key(&self) -> SeatKey {
        SeatKey(self.0.verifying_key().to_bytes())
    }

    /// Answers a challenge for one room.
    #[must_use]
    pub fn prove(&self, nonce: &Nonce, room: &RoomId) -> Proof {
        let message = signed_bytes(nonce, room, &self.key());
        Proof(self.0.sign(&message).to_bytes())
    }
}

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
    }

    #[test]
    fn a_weak_key_proves_nothing() {
        // The identity point: without strict verification, the all-zero signature passes for any message.
        let mut identity = [0; 32];
        identity[0] = 1;
        let mut forged = [0; 64];
        forged[0] = 1;
        assert!(!SeatKey(identity).verify(&NONCE, &RoomId::Table, &Proof(forged)));
    }
}
