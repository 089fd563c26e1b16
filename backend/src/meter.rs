//! How fast bytes are taken from a connection and from an address. Whoever sends more is not refused but read later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::limits::{Bucket, Rate};

/// What all connections of an address draw from.
pub(crate) type SharedBucket = Arc<Mutex<Bucket>>;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Numbers; at worst some bytes are counted twice or not at all.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The meter of one connection. It stands still until it is known whose connection it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    until: Option<Instant>,
}

#[derive(Debug)]
struct Running {
    own: Bucket,
    address: SharedBucket,
}

impl Meter {
    /// Counts from now on, or on, for this address. What the address owes already is waited for first, so that fresh
    /// connections win nothing.
    pub(crate) fn start(&self, rate: Rate, address: SharedBucket, now: Instant) {
        let state = &mut *lock(&self.0);
        let own = match state.running.take() {
            Some(running) => running.own,
            None => rate.bucket(now),
        };
        state.running = Some(Running { own, address });
        state.count(0, now);
    }

    /// Until when nothing is to be read.
    pub(crate) fn until(&self) -> Option<Instant> {
        lock(&self.0).until
    }

    /// Counts what was read.
    pub(crate) fn count(&self, bytes: usize, now: Instant) {
        lock(&self.0).count(bytes, now);
    }
}

impl State {
    /// Each waits for what it took itself, and for what was owed before: so the connections of an address take turns,
    /// and one that sends little is not behind another's next read, only behind its last.
    fn count(&mut self, bytes: usize, now: Instant) {
        if let Some(Running { own, address }) = &mut self.running {
            let wait = own.spend(bytes, now).max(lock(address).spend(bytes, now));
            self.until = (!wait.is_zero()).then(|| now + wait);
        }
    }
}
