//! What a hub takes from the world besides its journal: the time, and chance. A simulation brings its own of both.

use std::fmt;
use std::sync::Arc;

use crate::clock::Clock;

/// No randomness is to be had; nothing secret can be made without.
#[derive(Debug, thiserror::Error)]
#[error("no randomness from the system: {0}")]
pub struct NoRandomness(pub String);

type Fill = dyn Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync;

/// Where unpredictable bytes come from.
#[derive(Clone)]
pub struct Randomness(Arc<Fill>);

impl Randomness {
    /// Bytes from this function. Challenges and epochs are made of them: outside a simulation nobody may foresee them.
    pub fn from_fn(
        fill: impl Fn(&mut [u8]) -> Result<(), NoRandomness> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(fill))
    }

    /// `N` bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes)?;
        Ok(bytes)
    }
}

/// The system's cryptographic generator.
impl Default for Randomness {
    fn default() -> Self {
        Self::from_fn(|bytes| {
            getrandom::fill(bytes).map_err(|error| NoRandomness(error.to_string()))
        })
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}

/// The time and chance of a hub.
#[derive(Clone, Debug)]
pub struct Outside {
    /// What the rules take for the time.
    pub clock: Clock,
    /// What challenges and epochs are made of.
    pub randomness: Randomness,
}

/// The system's.
impl Default for Outside {
    fn default() -> Self {
        Self {
            clock: Clock::start(),
            randomness: Randomness::default(),
        }
    }
}
