//! Sizes and rates a connection is held to.

use std::time::Duration;

use tokio::time::Instant;

/// What one connection may use, and how long it may be silent. The defaults suit people; tests and benchmarks differ.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take to arrive; also how long a connection may stand without a request.
    pub head_within: Duration,
    /// Bytes the head of a request may have.
    pub head_bytes: usize,
    /// Header fields it may have.
    pub head_fields: usize,
    /// Frames that may wait for one connection. When they are more, the reader is too slow and is closed with
    /// `4001`; it comes back with its position and misses nothing.
    pub outbox_frames: usize,
    /// Frames a second a connection may send in the long run.
    pub frames_per_second: u32,
    /// Frames it may send at once after a pause.
    pub burst: u32,
    /// Frames over the rate that are answered with a refusal before the connection is closed as a flood.
    pub patience: u32,
    /// How long a new socket may take to say `hello`.
    pub hello_within: Duration,
    /// A connection not heard of for this long is pinged.
    pub ping_after: Duration,
    /// A connection not heard of for this long is taken for dead.
    pub silent_after: Duration,
    /// Entries a page of a replay holds at most.
    pub page_entries: usize,
    /// Bytes of message bodies a page holds at most: a page stays a frame that any WebSocket library takes.
    pub page_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_within: Duration::from_secs(10),
            head_bytes: 16 * 1024,
            head_fields: 64,
            outbox_frames: 64,
            frames_per_second: 50,
            burst: 200,
            patience: 100,
            hello_within: Duration::from_secs(10),
            ping_after: Duration::from_secs(20),
            silent_after: Duration::from_secs(45),
            page_entries: 64,
            page_bytes: 256 * 1024,
        }
    }
}

/// A token bucket: `burst` tokens, refilled at `frames_per_second`.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    pub(crate) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            per_second: f64::from(limits.frames_per_second),
            burst: f64::from(limits.burst),
            tokens: f64::from(limits.burst),
            filled_at: now,
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The time until there is one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let elapsed = now.saturating_duration_since(self.filled_at);
        self.tokens = (self.tokens + elapsed.as_secs_f64() * self.per_second).min(self.burst);
        self.filled_at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64(
            (1.0 - self.tokens) / self.per_second,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let limits = Limits {
            frames_per_second: 10,
            burst: 3,
            ..Limits::default()
        };
        let mut bucket = Bucket::new(&limits, start);
        for _ in 0..3 {
            assert_eq!(bucket.take(start), Ok(()));
        }
        let wait = bucket.take(start).expect_err("the burst is used up");
        assert_eq!(wait, Duration::from_millis(100));
        assert_eq!(bucket.take(start + wait), Ok(()));
        assert!(bucket.take(start + wait).is_err());
    }
}
