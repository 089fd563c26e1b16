//! What happened, line by line, as a hash that two runs of the same seed share, and as text for who looks into one.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The lines so far.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: DefaultHasher,
    lines: u64,
    shown: bool,
}

impl Trace {
    pub(crate) fn new(shown: bool) -> Self {
        Self {
            // With keys that are always the same.
            hash: DefaultHasher::new(),
            lines: 0,
            shown,
        }
    }

    pub(crate) fn note(&mut self, now: u64, line: &str) {
        (now, line).hash(&mut self.hash);
        self.lines += 1;
        if self.shown {
            println!("{:>9.3}  {line}", now as f64 / 1000.0);
        }
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash.finish()
    }
}
