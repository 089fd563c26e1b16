//! What two people can agree on, in two bytes at most.

use arbitrary::Arbitrary;
use shared::{Change, Mode, Pace};

/// A change to agree on.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Free,
    Strict,
    Pace(u8),
}

impl Wanted {
    pub(crate) fn change(self) -> Change {
        match self {
            Self::Free => Change::Mode(Mode::Free),
            Self::Strict => Change::Mode(Mode::Strict),
            Self::Pace(number) => Change::Pace(Pace::ALL[usize::from(number) % Pace::ALL.len()]),
        }
    }
}
