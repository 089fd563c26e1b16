//! How far somebody has come with the talk, in their own signed word: what was opened at their side, and, where they
//! tell it, what was read. It needs no turn and stands in no journal; the latest holds.

use serde::{Deserialize, Serialize};

use crate::chain::Scope;
use crate::ids::{EntryHash, Epoch, Seat, Seq};
use crate::seat_key::{SeatKey, SeatSecret, Signature};

/// Sets the receipt apart from every other use of the key.
const RECEIPT: &[u8] = b"duologue.v1 receipt\0";

/// Two watermarks over the talk, and the signature of whoever came so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The journal's life.
    pub epoch: Epoch,
    /// The last entry up to which all was opened there.
    pub delivered: Seq,
    /// The last entry that was read there. `None`: they do not tell. 0: they do, as soon as the other does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Seq>,
    /// The signature.
    pub sig: Signature,
}

/// The bytes that are signed. The hash of the entry named by `delivered` is among them: the word is about this talk, and
/// not about as many entries of another that a hub may have shown elsewhere.
fn receipt_bytes(
    scope: &Scope,
    seat: Seat,
    delivered: Seq,
    hash: &EntryHash,
    read: Option<Seq>,
) -> Vec<u8> {
    let read = match read {
        Some(Seq(read)) => [&[1][..], &read.to_be_bytes()].concat(),
        None => vec![0],
    };
    [
        RECEIPT,
        &scope.bytes(),
        &[seat.into()],
        &delivered.0.to_be_bytes(),
        &hash.0,
        &read,
    ]
    .concat()
}

impl Receipt {
    /// Signs how far this seat has come. `hash`: that of the entry `delivered`.
    #[must_use]
    pub fn sign(
        secret: &SeatSecret,
        scope: &Scope,
        seat: Seat,
        delivered: Seq,
        hash: &EntryHash,
        read: Option<Seq>,
    ) -> Self {
        Self {
            epoch: scope.epoch,
            delivered,
            read,
            sig: secret.sign(&receipt_bytes(scope, seat, delivered, hash, read)),
        }
    }

    /// Whether `key` signed it in `seat`, in this talk. `hash`: that of the entry `delivered` as it is known here.
    #[must_use]
    pub fn is_signed_by(&self, scope: &Scope, seat: Seat, key: &SeatKey, hash: &EntryHash) -> bool {
        let Self {
            epoch,
            delivered,
            read,
            sig,
        } = self;
        let signed = || receipt_bytes(scope, seat, *delivered, hash, *read);
        *epoch == scope.epoch && key.has_signed(&signed(), sig)
    }

    /// Whether nobody has to take anything back for it: the same talk, and neither number smaller than in `earlier`.
    #[must_use]
    pub fn goes_on_from(&self, earlier: &Receipt) -> bool {
        // Whoever stops telling takes nothing back.
        let read = self.read.is_none() || self.read >= earlier.read;
        self.epoch == earlier.epoch && self.delivered >= earlier.delivered && read
    }
}
