//! The one honest line: what I am waiting for, and why.

use shared::{Mode, Presence, Record, RoomId, Seq};

use super::refusal;
use crate::calendar::{Clock, hour};
use crate::link::{Path, Stop};
use crate::state::{Seating, View};

/// How urgent the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Calm,
    /// Something was asked for that cannot be done now.
    No,
    /// The path is down.
    Trouble,
}

/// The line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What the turn's sign shows already, for those who hear the line alone.
    pub lead: String,
    /// The rest.
    pub rest: String,
    /// What is only seen: a countdown read aloud every second would drown everything else.
    pub seen: String,
    /// How urgent it is.
    pub tone: Tone,
}

impl Status {
    fn new(tone: Tone, rest: impl Into<String>) -> Self {
        Self {
            lead: String::new(),
            rest: rest.into(),
            seen: String::new(),
            tone,
        }
    }

    fn led(lead: &str, rest: String) -> Self {
        Self {
            lead: lead.into(),
            rest,
            seen: String::new(),
            tone: Tone::Calm,
        }
    }

    /// The whole line as it is heard.
    #[must_use]
    pub fn spoken(&self) -> String {
        format!("{} {}", self.lead, self.rest).trim().into()
    }
}

/// Says what the page waits for.
#[must_use]
pub fn status(view: &View, clock: Clock) -> Status {
    if let Some(trouble) = trouble(view) {
        return trouble;
    }
    if let Some(no) = &view.refusal {
        return Status::new(Tone::No, refusal(no));
    }
    let Some(seating) = view.seating.filter(|_| view.is_current()) else {
        let words = match view.direct_only() {
            Some(_) => "Waiting for the direct path…",
            None => "Connecting…",
        };
        return Status::new(Tone::Calm, words);
    };
    if view.outbox.is_underway() && view.waits_for_company() {
        let other = seating.seat.other();
        let words = if view.keys().is_some() {
            "Not sent: you two sit here by another link than the one this page was opened by. Open that one.".into()
        } else {
            format!("Not sent yet: it is sealed and sent when someone takes seat {other}.")
        };
        return Status::new(Tone::Calm, words);
    }
    if view.waits_for_turn() {
        let lead = format!("Seat {}’s turn.", seating.seat.other());
        return Status::led(&lead, "Your message goes when the turn is yours.".into());
    }
    if view.is_slow() {
        return Status::new(Tone::Calm, "Your message is on its way…");
    }
    if view.mode() == Mode::Free {
        return free(view, seating, away(view.room, seating, clock));
    }
    if view.may_speak() {
        mine(view, seating, away(view.room, seating, clock))
    } else {
        theirs(view, seating, away(view.room, seating, clock))
    }
}

fn trouble(view: &View) -> Option<Status> {
    let words = match view.path {
        Path::Up | Path::Connecting { again: false } => return None,
        Path::Connecting { again: true } => {
            "Trying to reach the server again… What you wrote is kept.".into()
        }
        Path::Waiting {
            restarting: true, ..
        } => "The server is restarting. What you wrote is kept.".into(),
        Path::Waiting { until, .. } => {
            let seconds = until.0.saturating_sub(view.now.0).div_ceil(1000).max(1);
            return Some(Status {
                seen: format!("Trying again in {seconds} s."),
                ..Status::new(
                    Tone::Trouble,
                    "The server cannot be reached. What you wrote is kept.",
                )
            });
        }
        Path::Stopped(stop) => match stop {
            Stop::Superseded => "Not connected in this tab. What you wrote is kept.".into(),
            Stop::RoomFull => "Both seats are taken. What you wrote is kept.".into(),
            Stop::NoTable => "This server keeps no table.".into(),
            Stop::NotInvited => "This link opens no seat any more.".into(),
            Stop::Left => "You gave your seat up.".into(),
            Stop::Withdrawn => "Whoever made the link took this seat back.".into(),
            Stop::Reseated => "Your seat goes on under another key, on another device.".into(),
            Stop::Over => "This conversation is over.".into(),
            Stop::Doubt => "Not connected: what the server showed cannot be believed.".into(),
            Stop::NoKey => "This browser cannot make a key to sit with. A newer one can.".into(),
            Stop::Ended(code) => format!(
                "The server ended the connection (code {}). What you wrote is kept.",
                code.0
            ),
        },
    };
    Some(Status::new(Tone::Trouble, words))
}

/// That the other is away, and what becomes of their seat: only the table gives one up in the end.
fn away(room: RoomId, seating: Seating, clock: Clock) -> Option<String> {
    let Presence::Away { since } = seating.peer else {
        return None;
    };
    let kept = match room {
        RoomId::Table => "kept for a while",
        RoomId::Conversation(_) => "kept",
    };
    Some(format!(
        "Seat {} is away (since {}). Their seat is {kept}.",
        seating.seat.other(),
        hour(clock(since))
    ))
}

/// That the other has left for good.
fn left(seating: Seating) -> String {
    format!(
        "Seat {} left. Whoever sits down next begins afresh.",
        seating.seat.other()
    )
}

fn mine(view: &View, seating: Seating, away: Option<String>) -> Status {
    let (me, other) = (seating.seat, seating.seat.other());
    if seating.peer == (Presence::Vacant {}) {
        if view.peer_left() {
            return Status::led("Your turn.", left(seating));
        }
        return Status::new(
            Tone::Calm,
            format!(
                "You are seat {me}. Waiting for someone to take seat {other} — you may already {}.",
                if view.waits_for_company() {
                    "write"
                } else {
                    "speak"
                }
            ),
        );
    }
    let asked = || format!("Seat {other} asks for it. Say something, or pass.");
    let rest = away.or_else(|| view.is_asked().then(asked));
    let rest = rest.unwrap_or_else(|| "Say something, or pass.".into());
    Status::led("Your turn.", rest)
}

/// Both may speak.
fn free(view: &View, seating: Seating, away: Option<String>) -> Status {
    let rest = match seating.peer {
        Presence::Vacant {} => left(seating),
        _ if !view.may_speak() => "A moment: much of what you wrote is still on its way.".into(),
        _ => away.unwrap_or_else(|| "Say something whenever you like.".into()),
    };
    Status::led("You both speak.", rest)
}

/// What somebody waits for who is not away.
fn waiting(view: &View, seating: Seating) -> &'static str {
    let turn = seating.floor.turn;
    if view.asked == Some(turn) {
        "You asked for it. What you write can be sent when the turn is yours."
    } else if seating.floor.said > 0 {
        "They go on. You can write; it can be sent when the turn is yours."
    } else {
        "You can write; it can be sent when the turn is yours."
    }
}

fn theirs(view: &View, seating: Seating, away: Option<String>) -> Status {
    // A seat that was left or opened anew begins there.
    let other = seating.seat.other();
    let begins = |record: &Record| record.outset(other).seq > Seq::START;
    let begins = view.record().is_some_and(begins);
    let lead = format!("Seat {}’s turn.", seating.seat.other());
    let rest = match seating.peer {
        Presence::Vacant {} if view.peer_left() => left(seating),
        Presence::Vacant {} if begins => {
            "Nobody has taken the seat yet. Whoever comes sees nothing of what was said before."
                .into()
        }
        Presence::Vacant {} => "Nobody has taken the seat yet. What you said waits there.".into(),
        _ => away.unwrap_or_else(|| waiting(view, seating).into()),
    };
    Status::led(&lead, rest)
}
