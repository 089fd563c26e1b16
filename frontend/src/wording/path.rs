//! What is said about the paths.

use shared::Seat;

use crate::direct::{Way, Why};
use crate::state::View;

/// The paths there are: the name tests know them by, and the words.
#[must_use]
pub fn path(view: &View) -> (&'static str, &'static str) {
    // What is said goes by no other then.
    let direct_only = view.direct_only().is_some();
    match (view.ways.server && !direct_only, view.ways.direct) {
        (true, true) => ("both", "Both paths"),
        (true, false) => ("server", "Via server"),
        (false, true) => ("direct", "Direct only"),
        (false, false) => ("none", "No path"),
    }
}

/// How it is with the server.
#[must_use]
pub fn server_way(view: &View) -> &'static str {
    if view.direct_only().is_some() {
        return if view.ways.server {
            "The server helps your browsers find each other. It stores nothing of what you two say, as you agreed."
        } else {
            "The server cannot be reached. It would store nothing of what you two say, as you agreed."
        };
    }
    match (view.ways.server, view.ways.alone) {
        (true, false) => "The server is there. It orders what you two say, and stores it.",
        (true, true) => "The server is there for you. What you two say directly is brought to it.",
        (false, true) => {
            "The server cannot be reached. Your browsers order what you two say, and keep it."
        }
        (false, false) => "The server cannot be reached.",
    }
}

/// Where what is said is kept, as it usually is.
pub const KEPT_BY_SERVER: &str = "Your browsers keep what you two say, and so does the server, which cannot read it. \
    You can agree that it stores nothing from then on, as long as your browsers reach each other directly.";

/// The same while the two have agreed on that.
pub const KEPT_BY_PAGES: &str = "Your two browsers alone keep what you say. Either of you can have the server store again: \
    it gets what you said meanwhile then, and still cannot read it.";

/// How it is with the path from browser to browser.
#[must_use]
pub fn direct_way(view: &View) -> String {
    let other = view.my_seat().map_or(Seat::Two, Seat::other);
    match view.ways.way {
        Way::Off => "There is no direct path: it was not allowed here.".into(),
        Way::AskedByOther => format!("Seat {other} has allowed a direct path. It takes you both."),
        Way::Waiting => format!("A direct path is allowed here. It opens once seat {other} allows it too."),
        Way::Trying => "A direct path is being looked for…".into(),
        Way::Open => match view.ways.latency {
            Some(millis) => format!("The direct path is open: {millis} ms there and back."),
            None => "The direct path is open.".into(),
        },
        Way::Failed { why } => match why {
            Why::NotAnswered => format!("No direct path: seat {other}’s browser did not answer. It is tried again."),
            Why::NoRoute => "No direct path was found: a network in between blocks it, and no relay helps. It is tried again."
                .into(),
            Why::Lost => "The direct path broke. It is tried again.".into(),
            Why::NotUsed => "No direct path: the code was not used in time. Make a new one together.".into(),
            Why::Unsupported => "This browser can make no direct path.".into(),
        },
    }
}

/// What the person is asked once in a room.
#[must_use]
pub fn direct_question(view: &View) -> String {
    let other = view.my_seat().map_or(Seat::Two, Seat::other);
    let also = match view.ways.way {
        Way::AskedByOther => format!("Seat {other} would like a direct path as well."),
        _ => "A direct path as well?".into(),
    };
    format!(
        "{also} With it you two can go on when the server fails. Seat {other} could learn your network address."
    )
}

/// What the person is to know while the server does not have all that was said.
#[must_use]
pub fn unsaved(view: &View) -> Option<&'static str> {
    if view.direct_only().is_some() {
        return (!view.ways.alone).then_some(
            "You two talk directly only, and there is no direct path just now. One is looked for; what you write waits.",
        );
    }
    if !view.ways.alone {
        return view.saved.map(
            |_| "Not all that you two said is stored on the server yet. This browser keeps it.",
        );
    }
    Some(match view.saved {
        Some(_) => "Direct only, not stored yet: your browsers keep it until the server is back.",
        None => "Direct only: the server cannot be reached by you both.",
    })
}
