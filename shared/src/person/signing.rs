//! What a person sends: sealed where it has words, and signed after the last entry they know.

use super::{Person, Seated, Unable};
use crate::chain::Header;
use crate::entry::{Entry, Event, LeaveReason};
use crate::ids::{Bookmark, EntryHash, EntryId, Seat, Seq, Timestamp, Turn};
use crate::invite::LinkSecret;
use crate::receipt::Receipt;
use crate::sealing::BodyNonce;
use crate::seat_key::{Nonce, SeatKey, Signature};
use crate::turn::Change;
use crate::wire::{ClientFrame, Wish};

/// A message but for its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying {
    /// Its name.
    pub id: EntryId,
    /// The turn it is said in.
    pub turn: Turn,
    /// Whether the turn ends with it.
    pub end_turn: bool,
    /// While both may speak: the last entry its author had been shown when they sent it.
    pub seen: Option<Seq>,
}

impl Saying {
    /// A message of strict turns.
    #[must_use]
    pub const fn in_turn(id: EntryId, turn: Turn, end_turn: bool) -> Self {
        Self {
            id,
            turn,
            end_turn,
            seen: None,
        }
    }
}

impl Person {
    /// The answer to a challenge.
    #[must_use]
    pub fn hello(&self, nonce: &Nonce) -> ClientFrame {
        self.hello_from(nonce, self.bookmark())
    }

    /// The same, to go on from `position`: where not all that is known comes from this hub.
    #[must_use]
    pub fn hello_from(&self, nonce: &Nonce, position: Option<Bookmark>) -> ClientFrame {
        let key = self.key();
        let invite = self.link().map(|link| link.vouch(&self.room, &key));
        ClientFrame::Hello {
            room: self.room,
            seat_key: key,
            proof: self.secret.prove(nonce, &self.room),
            invite,
            sig: self.secret.sign_sit(&self.room, invite.as_ref()),
            position,
        }
    }

    /// A message, sealed and signed. `nonce` is random, and new for each call.
    ///
    /// # Errors
    /// The reason why it cannot be said.
    pub fn say(
        &self,
        saying: Saying,
        text: &str,
        nonce: &BodyNonce,
    ) -> Result<ClientFrame, Unable> {
        let Saying {
            id,
            turn,
            end_turn,
            seen,
        } = saying;
        let Seated { seat, record, .. } = self.seated.as_ref().ok_or(Unable::NoSeat)?;
        let header = Header {
            scope: *record.scope(),
            prev: record.bookmark().hash,
            seat: *seat,
            id,
            turn,
            end_turn,
            seen,
        };
        let key = self.body_key().ok_or(Unable::NoKey)?;
        let sealed = key.seal(&header, nonce, text)?;
        let event = Event::Say {
            id,
            turn,
            end_turn,
            seen,
            sealed,
        };
        self.signed(event).ok_or(Unable::NoSeat)
    }

    /// The floor, handed over. `None` without a seat, as for all that follows.
    #[must_use]
    pub fn pass(&self, turn: Turn) -> Option<ClientFrame> {
        self.signed(Event::Pass { turn })
    }

    /// What both may change, asked of the other.
    #[must_use]
    pub fn propose(&self, change: Change) -> Option<ClientFrame> {
        self.signed(Event::Propose { change })
    }

    /// Yes to what the other has proposed with this entry.
    #[must_use]
    pub fn accept(&self, proposal: Seq) -> Option<ClientFrame> {
        self.signed(Event::Accept { proposal })
    }

    /// No to it.
    #[must_use]
    pub fn decline(&self, proposal: Seq) -> Option<ClientFrame> {
        self.signed(Event::Decline { proposal })
    }

    /// What was proposed here with this entry, taken back.
    #[must_use]
    pub fn withdraw(&self, proposal: Seq) -> Option<ClientFrame> {
        self.signed(Event::Withdraw { proposal })
    }

    /// The floor, taken from somebody who is away.
    #[must_use]
    pub fn claim(&self, turn: Turn) -> Option<ClientFrame> {
        self.signed(Event::Claim { turn })
    }

    /// The seat, given up.
    #[must_use]
    pub fn leave(&self) -> Option<ClientFrame> {
        let reason = LeaveReason::Asked;
        self.signed(Event::Leave { reason })
    }

    /// The other seat, opened to whoever has this link.
    #[must_use]
    pub fn invite(&self, link: &LinkSecret) -> Option<ClientFrame> {
        let invite = link.vouch(&self.room, &self.key());
        self.signed(Event::Invite { invite })
    }

    /// The other person, let in again under `key`, with the keys to all that was said. `nonce` is random, and new.
    #[must_use]
    pub fn reseat(&self, key: SeatKey, nonce: &BodyNonce) -> Option<ClientFrame> {
        let Seated { seat, record, keys } = self.seated.as_ref()?;
        // What was said before the other sat there is another's talk; what is said from here on takes the link.
        let keys = keys.since(record.outset(seat.other()).seq);
        let keyring = keys.seal(record.scope(), &self.secret, &key, nonce)?;
        self.signed(Event::Reseat { key, keyring })
    }

    fn signed(&self, event: Event) -> Option<ClientFrame> {
        let (prev, sig) = self.sign(&event)?;
        ClientFrame::signed(event, prev, sig)
    }

    /// How far this person has come, in their word. `hash`: that of the entry `delivered`.
    #[must_use]
    pub fn receipt(&self, delivered: Seq, hash: &EntryHash, read: Option<Seq>) -> Option<Receipt> {
        let Seated { seat, record, .. } = self.seated.as_ref()?;
        let (secret, scope) = (&self.secret, record.scope());
        Some(Receipt::sign(secret, scope, *seat, delivered, hash, read))
    }

    /// Whether whoever sits in `seat` has given this word. `hash`: that of the entry `delivered`, as it is known here.
    #[must_use]
    pub fn confirms(&self, seat: Seat, receipt: &Receipt, hash: &EntryHash) -> bool {
        let told = self.record().and_then(|record| {
            let key = record.key(seat)?;
            Some(receipt.is_signed_by(record.scope(), seat, &key, hash))
        });
        told == Some(true) && receipt.read <= Some(receipt.delivered)
    }

    /// The entry that a message of one's own has become, as the hub told by `stored`.
    #[must_use]
    pub fn stored(&self, said: &ClientFrame, seq: Seq, at: Timestamp) -> Option<Entry> {
        let seat = self.seated.as_ref()?.seat;
        let Wish { event, prev, sig } = said.clone().into_wish().ok()?;
        let entry = Entry {
            seq,
            at,
            seat,
            prev,
            event,
            sig: Some(sig),
        };
        entry.message().is_some().then_some(entry)
    }

    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> Signature {
        self.secret.sign(bytes)
    }

    /// Signs what is to happen after all that is known here: the last entry's hash, and the signature.
    #[must_use]
    pub fn sign(&self, event: &Event) -> Option<(EntryHash, Signature)> {
        let Seated { seat, record, .. } = self.seated.as_ref()?;
        let prev = record.bookmark().hash;
        let sig = self.secret.sign_event(record.scope(), &prev, *seat, event);
        Some((prev, sig))
    }
}
