//! How many frames a connection may send.

use shared::{CloseCode, Rejection};
use tokio::time::Instant;

use super::{Ending, rate_limited};
use crate::limits::{Bucket, Limits};

/// The rate limit, and how often it was overstepped.
pub(super) struct Gate {
    bucket: Bucket,
    refused: u32,
    patience: u32,
}

impl Gate {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bucket: Bucket::new(
                f64::from(limits.frames_per_second),
                limits.burst,
                Instant::now(),
            ),
            refused: 0,
            patience: limits.patience,
        }
    }

    /// Whether one more frame may pass. Whoever goes on after many refusals, more of them than frames that passed, is ended.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Result<(), Rejection>, Ending> {
        let Err(wait) = self.bucket.take(now) else {
            self.refused = self.refused.saturating_sub(1);
            return Ok(Ok(()));
        };
        self.refused += 1;
        if self.refused > self.patience {
            return Err(Some(CloseCode::FLOOD));
        }
        Ok(Err(rate_limited(wait)))
    }
}
