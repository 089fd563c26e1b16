//! What two people can agree on, in two bytes at most.

use arbitrary::Arbitrary;
use shared::{Change, Mode, Pace, Store};

/// A change to agree on.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Free,
    Strict,
    Pace(u8),
    Store { pages: bool },
}

impl Wanted {
    pub(crate) fn change(self) -> Change {
        match self {
            Self::Free => Change::Mode(Mode::Free),
            Self::Strict => Change::Mode(Mode::Strict),
            Self::Store { pages: true } => Change::Store(Store::Pages),
            Self::Store { pages: false } => Change::Store(Store::Server),
            Self::Pace(number) => Change::Pace(Pace::ALL[usize::from(number) % Pace::ALL.len()]),
        }
    }
}
