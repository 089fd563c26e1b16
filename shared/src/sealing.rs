//! Sealed bodies: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, on RFC 8439) under a key that only the two can derive,
//! padded so that a body's length says little of its words.

mod keyring;

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use zeroize::Zeroizing;

use crate::chain::{Header, Scope};
use crate::derive::derive;
use crate::entry::Sealed;
use crate::ids::Seq;
use crate::invite::LinkSecret;
use crate::seat_key::{SeatKey, SeatSecret};
use crate::wire::MAX_SEALED_BYTES;

pub use keyring::Keyring;

/// Random bytes that a body begins with; never the same twice under one key.
pub type BodyNonce = [u8; NONCE];

const NONCE: usize = 24;
const TAG: usize = 16;
/// The smallest sealed body. Every larger one has twice the size of the next smaller.
const SMALLEST: usize = 128;
/// Ends the words; zeros follow up to the size (the padding of ISO/IEC 7816-4).
const END: u8 = 0x80;

/// Bytes a text may have, so that its sealed body is no larger than a body may be.
pub const MAX_TEXT_BYTES: usize = MAX_SEALED_BYTES - NONCE - TAG - 1;

const BODY: &[u8] = b"duologue.v1 body\0";

/// A text that does not fit into a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text may have {MAX_TEXT_BYTES} bytes")]
pub struct TooLong;

/// A body that this key did not seal in this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body was not sealed with this key in this place")]
pub struct NotOpened;

/// The key to what is said while the same two sit (or one alone) by the same link.
#[derive(Clone, PartialEq, Eq)]
pub struct BodyKey(Zeroizing<[u8; 32]>);

impl BodyKey {
    /// The key for the bodies after entry `generation`, as the holder of `me` derives it. Before the other sits there
    /// is only the link's secret; at the table, which has no link, there is no key then.
    #[must_use]
    pub fn derive(
        scope: &Scope,
        generation: Seq,
        link: Option<&LinkSecret>,
        me: &SeatSecret,
        seats: [Option<SeatKey>; 2],
    ) -> Option<Self> {
        let mut secret = Zeroizing::new(Vec::with_capacity(64));
        if let Some(link) = link {
            secret.extend_from_slice(&link.0);
        }
        if let [Some(one), Some(two)] = seats {
            let other = [(one, two), (two, one)]
                .into_iter()
                .find(|pair| pair.0 == me.key());
            secret.extend_from_slice(me.agree(&other?.1)?.as_ref());
        }
        if secret.is_empty() {
            return None;
        }
        let key = |seat: Option<SeatKey>| seat.map_or([0; 64], |key| key.0);
        let [one, two] = seats.map(key);
        let generation = generation.0.to_be_bytes();
        let info: [&[u8]; 5] = [BODY, &scope.bytes(), &generation, &one, &two];
        Some(Self(derive(&secret, &info)))
    }

    /// Seals a text for the place its header names. `nonce` is random, and new for each call.
    ///
    /// # Errors
    /// [`TooLong`] beyond [`MAX_TEXT_BYTES`].
    pub fn seal(&self, header: &Header, nonce: &BodyNonce, text: &str) -> Result<Sealed, TooLong> {
        self.seal_bytes(&header.bytes(), nonce, text.as_bytes())
    }

    /// Opens a body in its place. Bytes that are no text show as replacement characters: a strange client must not
    /// break this one.
    ///
    /// # Errors
    /// [`NotOpened`] when it was sealed with another key, for another place, or changed since.
    pub fn open(&self, header: &Header, sealed: &Sealed) -> Result<String, NotOpened> {
        let words = self.open_bytes(&header.bytes(), sealed)?;
        Ok(String::from_utf8_lossy(&words).into_owned())
    }

    pub(crate) fn seal_bytes(
        &self,
        aad: &[u8],
        nonce: &BodyNonce,
        words: &[u8],
    ) -> Result<Sealed, TooLong> {
        let least = NONCE + words.len() + 1 + TAG;
        let size = least.max(SMALLEST).next_power_of_two();
        if size > MAX_SEALED_BYTES {
            return Err(TooLong);
        }
        let mut padded = Zeroizing::new(vec![0; size - NONCE - TAG]);
        padded[..words.len()].copy_from_slice(words);
        padded[words.len()] = END;
        let payload = Payload { msg: &padded, aad };
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let body = cipher.encrypt(nonce.into(), payload).map_err(|_| TooLong)?;
        Ok(Sealed::new([nonce.as_slice(), &body].concat()))
    }

    pub(crate) fn open_bytes(&self, aad: &[u8], sealed: &Sealed) -> Result<Vec<u8>, NotOpened> {
        let (nonce, body) = sealed.0.split_first_chunk::<NONCE>().ok_or(NotOpened)?;
        let cipher = XChaCha20Poly1305::new((&*self.0).into());
        let payload = Payload { msg: body, aad };
        let mut words = cipher
            .decrypt(nonce.into(), payload)
            .map_err(|_| NotOpened)?;
        let end = words.iter().rposition(|&byte| byte != 0).ok_or(NotOpened)?;
        if words[end] != END {
            return Err(NotOpened);
        }
        words.truncate(end);
        Ok(words)
    }
}

/// A key does not show itself in logs.
impl fmt::Debug for BodyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyKey(…)")
    }
}

#[cfg(test)]
mod tests;
