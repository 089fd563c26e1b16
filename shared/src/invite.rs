//! The link's secret and what it vouches for: an invite is an Ed25519 key (RFC 8032) that whoever has the link can
//! derive. The hub knows its public half and lets nobody into a conversation's seat without its signature.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};

use crate::base64url::{DecodeError, decode_array, encode, text_form};
use crate::derive::derive;
use crate::ids::RoomId;
use crate::seat_key::{SeatKey, Signature, verify};

/// The public half of an invite.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InviteKey(pub [u8; 32]);
text_form!(InviteKey);

/// An invite's word for a seat key: whoever holds it had the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Which invite.
    pub key: InviteKey,
    /// Its signature.
    pub sig: Signature,
}

const INVITE: &[u8] = b"duologue.v1 invite\0";

/// The bytes an invite signs. The room comes last as the only part of varying length.
fn vouched_bytes(room: &RoomId, seat: &SeatKey) -> Vec<u8> {
    [INVITE, &seat.0, room.to_string().as_bytes()].concat()
}

impl Invite {
    /// Whether the invite vouches for this seat key in this room.
    #[must_use]
    pub fn vouches_for(&self, room: &RoomId, seat: &SeatKey) -> bool {
        verify(&self.key.0, &vouched_bytes(room, seat), &self.sig.0)
    }
}

/// The secret half of a conversation's link: 32 random bytes that stay in the fragment and never reach a server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkSecret(pub [u8; 32]);

impl LinkSecret {
    /// The text that stands behind `#` in the link.
    #[must_use]
    pub fn to_fragment(self) -> String {
        encode(&self.0)
    }

    /// Reads what stands behind `#`.
    ///
    /// # Errors
    /// [`DecodeError`] when it is not 32 bytes of base64url.
    pub fn from_fragment(fragment: &str) -> Result<Self, DecodeError> {
        decode_array(fragment).map(Self)
    }

    /// The public half of this link's invite to `room`.
    #[must_use]
    pub fn invite_key(&self, room: &RoomId) -> InviteKey {
        InviteKey(self.signing_key(room).verifying_key().to_bytes())
    }

    /// Vouches for a seat key in `room`.
    #[must_use]
    pub fn vouch(&self, room: &RoomId, seat: &SeatKey) -> Invite {
        let key = self.signing_key(room);
        Invite {
            key: InviteKey(key.verifying_key().to_bytes()),
            sig: Signature(key.sign(&vouched_bytes(room, seat)).to_bytes()),
        }
    }

    fn signing_key(self, room: &RoomId) -> SigningKey {
        SigningKey::from_bytes(&derive(&self.0, &[INVITE, room.to_string().as_bytes()]))
    }
}

/// A secret does not show itself in logs.
impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ConversationId;
    use crate::seat_key::SeatSecret;

    #[test]
    fn an_invite_vouches_for_one_seat_in_one_room() {
        let rooms = [1, 2].map(|n| RoomId::Conversation(ConversationId([n; 16])));
        let [one, two] = [1, 2].map(|n| SeatSecret::from_bytes([n; 32]).key());
        let link = LinkSecret([7; 32]);
        let invite = link.vouch(&rooms[0], &one);
        assert_eq!(invite.key, link.invite_key(&rooms[0]));
        assert!(invite.vouches_for(&rooms[0], &one));
        assert!(!invite.vouches_for(&rooms[0], &two), "another person");
        assert!(!invite.vouches_for(&rooms[1], &one), "another room");
        let other = LinkSecret([8; 32]).vouch(&rooms[0], &one);
        assert_ne!(other.key, invite.key);
        let forged = Invite {
            sig: other.sig,
            ..invite
        };
        assert!(!forged.vouches_for(&rooms[0], &one), "another link");
    }

    #[test]
    fn a_link_secret_hides_in_debug_output() {
        let secret = LinkSecret([42; 32]);
        assert!(!format!("{secret:?}").contains(&secret.to_fragment()));
        assert_eq!(LinkSecret::from_fragment(&secret.to_fragment()), Ok(secret));
    }
}
