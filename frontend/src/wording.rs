//! What the page says: one place for its sentences, so that they agree with each other.

mod floor;
mod lines;
mod path;
mod status;

use shared::{MAX_TEXT_BYTES, Mode, Presence, Timestamp};

use crate::calendar::{self, Clock};
use crate::link::{Path, Stop};
use crate::state::{Alarm, Refusal, Trust, View};

pub use floor::{about, agreed, mode, pace, suggestion, time};
pub use lines::{again, held, line, rank};
pub use path::{
    KEPT_BY_PAGES, KEPT_BY_SERVER, direct_question, direct_way, path, server_way, unsaved,
};
pub use status::{Status, Tone, status};

/// The product's name.
pub const NAME: &str = "Duologue";

/// Bytes left from which on the composer counts them down.
const COUNT_FROM: usize = 2 * 1024;

/// The window's title.
#[must_use]
pub fn title(view: &View) -> String {
    let state = match view.path {
        Path::Stopped(Stop::RoomFull) => "Both seats are taken",
        Path::Stopped(Stop::NoTable) => "No table",
        Path::Stopped(Stop::Superseded) => "Open in another tab",
        Path::Stopped(Stop::NotInvited) => "Not invited",
        Path::Stopped(Stop::Doubt) => "Not to be believed",
        Path::Stopped(_) | Path::Waiting { .. } => "Not connected",
        _ if view.seating.is_none() => return NAME.into(),
        _ if view.mode() == Mode::Free => "Free talk",
        _ if view.may_speak() => "Your turn",
        _ => "Waiting",
    };
    format!("{state} — {NAME}")
}

/// Whose turn it is; nothing before that is known.
#[must_use]
pub fn turn(view: &View) -> Option<String> {
    let seating = view.seating.filter(|_| view.stop().is_none())?;
    Some(if view.mode() == Mode::Free && view.may_speak() {
        "Both speak".into()
    } else if view.may_speak() {
        "Your turn".into()
    } else if view.outbox.is_underway() && (!view.is_current() || view.waits_for_company()) {
        "Not sent yet".into()
    } else if view.is_slow() {
        "Sending…".into()
    } else {
        format!("Seat {}’s turn", seating.seat.other())
    })
}

/// What is known of the other, beside their seat's number. `left`: somebody sat there before.
#[must_use]
pub fn presence(presence: Presence, left: bool, path: Path, now: Timestamp) -> String {
    match presence {
        // Nobody tells at the moment.
        _ if path != Path::Up => "not known now".into(),
        Presence::Vacant {} if left => "left".into(),
        Presence::Vacant {} => "nobody yet".into(),
        Presence::Here {} => "here".into(),
        Presence::Away { since } => match calendar::ago(since, now).as_str() {
            "a moment" => "away".into(),
            long => format!("away {long}"),
        },
    }
}

/// What the person knows of who sits across, in a word or two.
#[must_use]
pub fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Alone => "Sealed",
        Trust::Unverified => "Compare words",
        Trust::Verified => "Verified",
        Trust::Changed => "Key changed",
    }
}

/// What is wrong, and since when.
#[must_use]
pub fn alarm(alarm: &Alarm, clock: Clock) -> String {
    format!(
        "Since {} this page does not believe what it is shown: {}. Someone in between, the server, or the other’s \
         program has changed the talk.",
        calendar::hour(clock(alarm.at)),
        alarm.fault
    )
}

/// Why something cannot be done now.
#[must_use]
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoSeat => "Not yet: you have no seat so far. What you wrote is kept.".into(),
        Refusal::Empty => "There is nothing to send yet.".into(),
        Refusal::TooLong(over) => {
            format!("Too long by {over} bytes. Shorten it, or say it in two turns.")
        }
        Refusal::NotYourTurn(holder) => {
            format!("Not yet: it is seat {holder}’s turn. What you wrote is kept.")
        }
        Refusal::Underway => "One moment: your last message is still on its way.".into(),
        Refusal::NoCode => "That is no code of the other’s page for this conversation, or an old one. Make new ones.".into(),
        Refusal::Unreachable => {
            "Not yet: the server cannot be reached. What you wrote is kept.".into()
        }
        Refusal::Told(words) => format!("The server says: {words}."),
    }
}

/// How much room is left for a draft of so many bytes, once that matters.
#[must_use]
pub fn room_left(bytes: usize) -> Option<String> {
    match MAX_TEXT_BYTES.checked_sub(bytes) {
        Some(left) if left > COUNT_FROM => None,
        Some(left) => Some(format!("{left} bytes left")),
        None => Some(format!("{} bytes too long", bytes - MAX_TEXT_BYTES)),
    }
}

#[cfg(test)]
mod tests;
