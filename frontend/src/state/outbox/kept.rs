//! The outbox as it is kept over a reload.

use serde::Serialize;
use shared::{EntryId, Epoch, Seat, Seq, Timestamp, Turn};

use crate::json;

use super::{Held, Letter, Outbox, Pending, Progress};

/// A message as it is kept over a reload: an attempt does not survive, a reason does.
#[derive(Serialize)]
struct Kept {
    id: EntryId,
    seat: Seat,
    turn: Turn,
    more: Option<bool>,
    alone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<Seq>,
    text: String,
    written: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<Letter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Held>,
}

json::objects! {
    Kept { id, seat, turn, more, alone, seen, epoch, meant, text, written, letter, held }
}

impl Outbox {
    /// The text to keep over a reload.
    #[must_use]
    pub fn to_text(&self) -> String {
        let kept: Vec<_> = self.0.iter().map(Kept::from).collect();
        json::write(&kept)
    }

    /// Reads what was kept; anything unreadable is nothing.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let kept: Vec<Kept> = json::read(text).unwrap_or_default();
        Self(kept.into_iter().map(Pending::from).collect())
    }
}

impl From<&Pending> for Kept {
    fn from(pending: &Pending) -> Self {
        Self {
            id: pending.id,
            seat: pending.seat,
            turn: pending.turn,
            more: Some(pending.more),
            alone: Some(pending.alone),
            seen: pending.seen,
            epoch: pending.epoch,
            meant: pending.meant,
            text: pending.text.to_string(),
            written: pending.written,
            letter: pending.letter.clone(),
            held: match &pending.progress {
                Progress::Held(why) => Some(why.clone()),
                _ => None,
            },
        }
    }
}

impl From<Kept> for Pending {
    fn from(kept: Kept) -> Self {
        Self {
            id: kept.id,
            seat: kept.seat,
            turn: kept.turn,
            more: kept.more.unwrap_or_default(),
            alone: kept.alone.unwrap_or_default(),
            seen: kept.seen,
            epoch: kept.epoch,
            meant: kept.meant,
            text: kept.text.into(),
            written: kept.written,
            tried: kept.letter.is_some(),
            letter: kept.letter,
            progress: match kept.held {
                Some(why) => Progress::Held(why),
                None => Progress::Queued {
                    not_before: Timestamp::default(),
                },
            },
        }
    }
}
