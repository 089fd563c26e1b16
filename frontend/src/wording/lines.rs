//! What stands between the messages, and what is said about one that is not through.

use shared::LeaveReason;

use super::floor::{agreed, suggestion};
use crate::calendar::{Clock, hour};
use crate::state::{Held, Line, Progress, Rank, Reach, View, What};

/// A line that is no message.
#[must_use]
pub fn line(line: &Line, clock: Clock) -> String {
    match &line.what {
        What::Said(_) => String::new(),
        What::Sat { seat, mine: true } => format!("You took seat {seat}"),
        What::Sat { seat, mine: false } => format!("Seat {seat} sat down"),
        What::Left {
            seat,
            reason: LeaveReason::Asked,
        } => format!("Seat {seat} left"),
        What::Left {
            seat,
            reason: LeaveReason::Absent,
        } => format!("Seat {seat} was away too long; the seat is free"),
        What::Passed { mine: true, .. } => "You passed".into(),
        What::Passed { seat, mine: false } => format!("Seat {seat} passed"),
        What::Claimed { mine: true, .. } => "You took the turn; the other was away".into(),
        What::Claimed { seat, mine: false } => {
            format!("Seat {seat} took the turn while you were away")
        }
        What::Proposed {
            mine: true, change, ..
        } => format!("You suggested {}", suggestion(*change)),
        What::Proposed { seat, change, .. } => {
            format!("Seat {seat} suggested {}", suggestion(*change))
        }
        What::Agreed(change) => agreed(*change),
        What::Declined { mine: true, .. } => "You would rather leave it as it is".into(),
        What::Declined { seat, mine: false } => {
            format!("Seat {seat} would rather leave it as it is")
        }
        What::Withdrawn { mine: true, .. } => "You took your suggestion back".into(),
        What::Withdrawn { seat, mine: false } => format!("Seat {seat} took the suggestion back"),
        What::Invited { mine: true, seat } => {
            format!("You opened seat {} by a new link", seat.other())
        }
        What::Invited { mine: false, seat } => {
            format!("Seat {seat} opened your seat by a new link")
        }
        What::Reseated { mine: true, .. } => "You were let in again under a new key".into(),
        What::Reseated { mine: false, seat } => {
            format!("Seat {seat} goes on with a new key. Compare the safety words again.")
        }
        What::Doubt(fault) => format!(
            "At {} the server showed something that cannot be believed: {fault}. Nothing after it is shown.",
            hour(clock(line.at))
        ),
        What::Afresh => {
            "What is above is as this page saw it. Below is what the server shows now.".into()
        }
        What::Yielded => {
            "The server has something else than what you two said here without it. What you said since is sent again."
                .into()
        }
        What::Anew => format!(
            "The server started anew at {}. What was said before is in this page at most.",
            hour(clock(line.at))
        ),
        What::Lost { messages: 0 } => "The server lost the last events of this talk.".into(),
        What::Lost { messages: 1 } => {
            "The server lost the message above. It is only in this browser.".into()
        }
        What::Lost { messages } => {
            format!("The server lost the {messages} messages above. They are only in this browser.")
        }
        What::Unkept => "This browser keeps nothing here. After a reload your seat would be gone, and so would what is not \
                         sent."
            .into(),
        What::Gap => "You had no seat for a while. What was said meanwhile is not shown.".into(),
    }
}

/// Why a message is not sent.
#[must_use]
pub fn held(why: &Held) -> String {
    match why {
        Held::NotYourTurn { holder } => format!("Not sent: it was seat {holder}’s turn."),
        Held::TurnOver => "Not sent: the turn it was written for is over.".into(),
        Held::TalkOver => "Not sent: the talk it was written for is gone.".into(),
        Held::PeerLeft => "Not sent: whoever it was for has left.".into(),
        Held::PeerChanged => "Not sent: someone else sits there now.".into(),
        Held::PeerUnsure => {
            "Not sent: the talk was interrupted, and someone else may sit there now.".into()
        }
        Held::NotAlone => {
            "Not sent: it was written for the two of you alone, and the server would store it."
                .into()
        }
        Held::Refused { words } => format!("Not sent: {words}."),
    }
}

/// What it is called to have a held message said after all: in this turn, or, which is more of a risk, in the next one,
/// whatever the other says before.
#[must_use]
pub fn again(view: &View) -> Option<&'static str> {
    view.may_queue().ok()?;
    Some(if view.is_my_turn() {
        "Send it now"
    } else {
        "Send it in my next turn"
    })
}

/// How far a message has come: the name tests know it by, and the words.
#[must_use]
pub fn rank(rank: &Rank) -> (&'static str, &'static str) {
    match rank {
        Rank::Through(Reach::Stored) => ("stored", "Stored, not delivered yet"),
        Rank::Through(Reach::Delivered) => ("delivered", "Delivered"),
        Rank::Through(Reach::Read) => ("read", "Read"),
        Rank::Lost => ("held", "Only in this browser"),
        Rank::Pending(Progress::Queued { .. }) => ("queued", "Waiting to be sent"),
        Rank::Pending(Progress::Sent) => ("sent", "Sent, not confirmed yet"),
        Rank::Pending(Progress::Held(_)) => ("held", "Not sent"),
    }
}
