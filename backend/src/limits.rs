//! Sizes and rates that a connection and an address are held to.

use std::time::Duration;

use tokio::time::Instant;

/// So much a second in the long run, and so much at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub per_second: u32,
    /// At once, after a pause.
    pub at_once: u32,
}

impl Rate {
    pub(crate) fn bucket(self, now: Instant) -> Bucket {
        Bucket::new(f64::from(self.per_second), self.at_once, now)
    }

    /// So many times as much.
    fn times(self, factor: u32) -> Self {
        Self {
            per_second: self.per_second.saturating_mul(factor),
            at_once: self.at_once.saturating_mul(factor),
        }
    }
}

/// What one connection or address may use, and how long it may be silent. The defaults suit people; tests and benchmarks differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections of every kind open at once, from all addresses together. Each takes a file descriptor.
    pub connections: u32,
    /// WebSockets open at once from one address (an IPv6 /64). Many people may share one: an office, a school.
    pub connections_per_address: u32,
    /// Connections open at once from one address that are no WebSockets, or not yet.
    pub plain_per_address: u32,
    /// Rooms a minute that connections from one address may bring into memory, and as many at once after a pause.
    pub rooms_per_address_per_minute: u32,
    /// Bytes from one connection. What comes faster is read later, and nothing is lost.
    pub bytes: Rate,
    /// Bytes from all connections of one address together.
    pub address_bytes: Rate,
    /// How long the head of a request may take to arrive; also how long a connection may stand without a request.
    pub head_within: Duration,
    /// Bytes the head of a request may have.
    pub head_bytes: usize,
    /// Header fields it may have.
    pub head_fields: usize,
    /// How long what is written may stand still because nobody reads it. Longer than `silent_after`: of a WebSocket that
    /// does not read, the close code tells first.
    pub write_within: Duration,
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
            connections: 32 * 1024,
            connections_per_address: 256,
            plain_per_address: 256,
            bytes: Rate {
                per_second: 64 * 1024,
                at_once: 1024 * 1024,
            },
            address_bytes: Rate {
                per_second: 1024 * 1024,
                at_once: 16 * 1024 * 1024,
            },
            rooms_per_address_per_minute: 60,
            head_within: Duration::from_secs(10),
            head_bytes: 16 * 1024,
            head_fields: 64,
            write_within: Duration::from_secs(60),
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

/// So many of an address's connections can send as fast as one may: all do not at once.
const BUSY: u32 = 16;

impl Limits {
    /// The same, for addresses with so many WebSockets each: what else an address may use grows with them.
    #[must_use]
    pub fn with_connections_per_address(self, connections: u32) -> Self {
        Self {
            connections_per_address: connections,
            plain_per_address: connections,
            address_bytes: self.bytes.times(connections.div_ceil(BUSY)),
            ..self
        }
    }
}

/// What is told of a time that does not come, where a rate is zero.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A token bucket: `burst` tokens, refilled at `per_second`.
#[derive(Debug)]
pub(crate) struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    pub(crate) fn new(per_second: f64, burst: u32, now: Instant) -> Self {
        Self {
            per_second,
            burst: f64::from(burst),
            tokens: f64::from(burst),
            filled_at: now,
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The time until there is one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.fill(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(self.time_for(1.0 - self.tokens))
    }

    /// Takes so many tokens, there or not, and answers how long until none is owed.
    pub(crate) fn spend(&mut self, tokens: usize, now: Instant) -> Duration {
        self.fill(now);
        self.tokens -= tokens as f64;
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        self.time_for(-self.tokens)
    }

    fn time_for(&self, tokens: f64) -> Duration {
        let wait = tokens / self.per_second;
        Duration::try_from_secs_f64(wait).map_or(NEVER, |wait| wait.min(NEVER))
    }

    /// Whether nothing is owed: forgetting such a bucket changes nothing.
    pub(crate) fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.tokens >= self.burst
    }

    fn fill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled_at);
        self.tokens = (self.tokens + elapsed.as_secs_f64() * self.per_second).min(self.burst);
        self.filled_at = self.filled_at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_may_use_grows_with_its_connections() {
        let usual = Limits::default();
        assert_eq!(usual.with_connections_per_address(256), usual);
        let one = usual.with_connections_per_address(1);
        assert_eq!((one.plain_per_address, one.address_bytes), (1, one.bytes));
        let many = usual.with_connections_per_address(u32::MAX);
        assert_eq!(many.address_bytes.per_second, u32::MAX);
    }

    #[test]
    fn what_is_owed_is_waited_for() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10.0, 3, start);
        assert_eq!(bucket.spend(3, start), Duration::ZERO);
        assert_eq!(bucket.spend(2, start), Duration::from_millis(200));
        assert_eq!(bucket.spend(1, start), Duration::from_millis(300));
        let later = start + Duration::from_millis(300);
        assert_eq!(bucket.spend(0, later), Duration::ZERO);
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10.0, 3, start);
        for _ in 0..3 {
            assert_eq!(bucket.take(start), Ok(()));
        }
        let wait = bucket.take(start).expect_err("the burst is used up");
        assert_eq!(wait, Duration::from_millis(100));
        assert_eq!(bucket.take(start + wait), Ok(()));
        assert!(bucket.take(start + wait).is_err());
        assert!(!bucket.is_full(start + wait));
        assert!(bucket.is_full(start + 5 * wait));
    }
}
