//! What is said about the floor: how it is shared, and how that is changed.

use shared::{Change, Mode, Pace, Store};

/// How the floor is shared, in two words.
#[must_use]
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Strict => "Strict turns",
        Mode::Free => "Free talk",
    }
}

/// The same in a sentence.
#[must_use]
pub fn about(mode: Mode) -> &'static str {
    match mode {
        Mode::Strict => "One speaks, the other waits. The turn changes with each message.",
        Mode::Free => "You both speak whenever you like.",
    }
}

/// How long one can be away before the turn may be taken.
#[must_use]
pub fn pace(pace: Pace) -> &'static str {
    match pace {
        Pace::Live => "after 1 minute away",
        Pace::Relaxed => "after 10 minutes away",
        Pace::Correspondence => "after a day away",
        Pace::Letters => "never",
    }
}

/// The same on the button that suggests it.
#[must_use]
pub fn time(pace: Pace) -> &'static str {
    match pace {
        Pace::Live => "1 minute",
        Pace::Relaxed => "10 minutes",
        Pace::Correspondence => "A day",
        Pace::Letters => "Never",
    }
}

/// A change, as somebody suggests it.
#[must_use]
pub fn suggestion(change: Change) -> String {
    match change {
        Change::Mode(Mode::Free) => "talking freely".into(),
        Change::Mode(Mode::Strict) => "taking turns again".into(),
        Change::Pace(Pace::Letters) => "that the turn is never taken from anyone away".into(),
        Change::Pace(of) => format!("that the turn may be taken {}", pace(of)),
        Change::Store(Store::Pages) => {
            "talking directly only: the server stores nothing then".into()
        }
        Change::Store(Store::Server) => "that the server stores what you say".into(),
    }
}

/// A change that was agreed on.
#[must_use]
pub fn agreed(change: Change) -> String {
    match change {
        Change::Mode(Mode::Free) => "You agreed: from here on you both speak freely".into(),
        Change::Mode(Mode::Strict) => "You take turns from here on".into(),
        Change::Pace(Pace::Letters) => {
            "You agreed: the turn is never taken from anyone away".into()
        }
        Change::Pace(of) => format!("You agreed: the turn may be taken {}", pace(of)),
        Change::Store(Store::Pages) => {
            "You agreed: from here on you talk directly only, and the server stores nothing".into()
        }
        Change::Store(Store::Server) => {
            "From here on the server stores what you say again, and what you said directly as well"
                .into()
        }
    }
}
