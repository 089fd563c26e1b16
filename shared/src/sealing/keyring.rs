//! The keys to all that was said, and how one person hands them to the other who has lost theirs.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{BodyKey, BodyNonce, NotOpened};
use crate::chain::Scope;
use crate::derive::derive;
use crate::entry::Sealed;
use crate::ids::Seq;
use crate::seat_key::{SeatKey, SeatSecret};

const KEYRING: &[u8] = b"duologue.v1 keyring\0";

/// Body keys by their generation: the entry after which each holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyring(BTreeMap<Seq, BodyKey>);

impl Keyring {
    /// Adds a key.
    pub fn insert(&mut self, generation: Seq, key: BodyKey) {
        self.0.insert(generation, key);
    }

    /// The key of a generation.
    #[must_use]
    pub fn get(&self, generation: Seq) -> Option<&BodyKey> {
        self.0.get(&generation)
    }

    /// The keys of this generation and later.
    #[must_use]
    pub fn since(&self, generation: Seq) -> Self {
        let since = self.0.range(generation..);
        Self(since.map(|(at, key)| (*at, key.clone())).collect())
    }

    /// Adds the keys of another ring up to the generation `last`. Later ones are left out: whoever sealed the ring has no
    /// say in what is sealed once they are gone.
    pub fn extend(&mut self, other: Keyring, last: Seq) {
        let mut keys = other.0;
        keys.retain(|generation, _| *generation <= last);
        self.0.extend(keys);
    }

    /// Seals the ring, from the holder of `me` to the holder of `to` alone. The youngest keys go first where a body
    /// cannot hold all; each takes 40 bytes. `None` when `to` is no sound key.
    #[must_use]
    pub fn seal(
        &self,
        scope: &Scope,
        me: &SeatSecret,
        to: &SeatKey,
        nonce: &BodyNonce,
    ) -> Option<Sealed> {
        let mut bytes = Zeroizing::new(Vec::new());
        let most = super::MAX_TEXT_BYTES / 40;
        for (generation, key) in self.0.iter().rev().take(most) {
            bytes.extend_from_slice(&generation.0.to_be_bytes());
            bytes.extend_from_slice(key.0.as_ref());
        }
        let key = key_between(scope, me, to, [&me.key(), to])?;
        key.seal_bytes(KEYRING, nonce, &bytes).ok()
    }

    /// Opens a ring that the holder of `from` has sealed for the holder of `me`.
    ///
    /// # Errors
    /// [`NotOpened`] when it is another's, or changed since.
    pub fn open(
        scope: &Scope,
        me: &SeatSecret,
        from: &SeatKey,
        sealed: &Sealed,
    ) -> Result<Self, NotOpened> {
        let key = key_between(scope, me, from, [from, &me.key()]).ok_or(NotOpened)?;
        let bytes = Zeroizing::new(key.open_bytes(KEYRING, sealed)?);
        let mut ring = Self::default();
        for item in bytes.chunks_exact(40) {
            let (generation, key) = item.split_first_chunk().ok_or(NotOpened)?;
            let key = key.try_into().map_err(|_| NotOpened)?;
            ring.insert(
                Seq(u64::from_be_bytes(*generation)),
                BodyKey(Zeroizing::new(key)),
            );
        }
        Ok(ring)
    }
}

fn key_between(
    scope: &Scope,
    me: &SeatSecret,
    other: &SeatKey,
    way: [&SeatKey; 2],
) -> Option<BodyKey> {
    let agreed = me.agree(other)?;
    let info: [&[u8]; 4] = [KEYRING, &scope.bytes(), &way[0].0, &way[1].0];
    Some(BodyKey(derive(agreed.as_ref(), &info)))
}
