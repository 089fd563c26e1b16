//! What the tab that leads tells one that comes later: all that made the view what it is, and no more.

use serde::Serialize;
use shared::{Entry, EntryId, Event, Receipt, ServerFrame, Timestamp};

use crate::json;
use crate::link::Path;
use crate::state::{Action, Kept};

/// All that made the view what it is. What was said before the hub began anew stays in sight, so it stays here as well.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Story {
    /// What the browser had kept.
    pub kept: Kept,
    /// When it was read.
    pub began: Timestamp,
    /// What happened since.
    pub actions: Vec<Action>,
}

json::objects! {
    Story { kept, began, actions }
}

impl Story {
    /// Notes an action, unless it leaves no trace, and forgets what it makes of no account: folded, what is left comes to
    /// the same as all that happened.
    pub(crate) fn note(&mut self, action: Action) {
        match action {
            Action::Settled(id) => return self.forget_way(id),
            Action::Frame(ServerFrame::Typing { .. }, _) => return,
            _ => {}
        }
        let counts = |before: &Action| replaces(&action, before) || needs(&action, before);
        let last = self.actions.iter().rposition(counts);
        if let Some(at) = last.filter(|&at| replaces(&action, &self.actions[at])) {
            self.actions.remove(at);
        }
        self.actions.push(action);
    }

    /// Whether the person withdrew this message.
    pub(crate) fn has_taken_back(&self, id: EntryId) -> bool {
        let mut actions = self.actions.iter();
        actions.any(|action| matches!(action, Action::TakeBack(taken) if *taken == id))
    }

    /// How a message of mine came to be an entry is of no account any more. What was written is said.
    fn forget_way(&mut self, id: EntryId) {
        let last = self.actions.iter().rposition(changes_outbox);
        let Some(at) = last else { return };
        if matches!(self.actions[at], Action::Send { id: sent, .. } if sent == id) {
            self.actions[at] = Action::Write(String::new());
            for action in self.actions.split_off(at) {
                if !matches!(action, Action::Sealed(of, _) | Action::Sent(of, _) if of == id) {
                    self.note(action);
                }
            }
        }
    }
}

/// Whether an action makes an earlier one of no account, if nothing between the two needs that.
fn replaces(action: &Action, before: &Action) -> bool {
    match (action, before) {
        (Action::Write(_), Action::Write(_))
        | (Action::Told(..), Action::Told(..))
        | (Action::Ways(_), Action::Ways(_))
        | (Action::Code(_), Action::Code(_))
        | (Action::Allow(_), Action::Allow(_))
        | (Action::Saved(_), Action::Saved(_)) => true,
        (Action::Read(seq), Action::Read(earlier)) => earlier <= seq,
        // That the path was up counts: what was on it went with it.
        (Action::Path(after, _), Action::Path(path, _)) => *after != Path::Up && *path != Path::Up,
        // What was shown before it was ordered is shown as what it is.
        (Action::Frame(ServerFrame::Entry(entry), _), Action::Ahead(ahead, _)) => {
            entry.event == ahead.event
        }
        (Action::Frame(after, _), Action::Frame(frame, _)) => match (after, frame) {
            (ServerFrame::Turn(_), ServerFrame::Turn(_)) => true,
            (ServerFrame::Presence { seat, .. }, ServerFrame::Presence { seat: of, .. }) => {
                seat == of
            }
            (
                ServerFrame::Receipt { seat, receipt },
                ServerFrame::Receipt {
                    seat: of,
                    receipt: from,
                },
            ) => seat == of && goes_on(from, receipt),
            _ => false,
        },
        _ => false,
    }
}

/// Whether what an earlier action came to depends on what was there before, of the kind that this one replaces.
fn needs(action: &Action, before: &Action) -> bool {
    match action {
        Action::Write(_) => changes_outbox(before),
        Action::Ways(_) | Action::Allow(_) => false,
        Action::Code(_) => matches!(before, Action::Ways(_)),
        Action::Saved(_) => matches!(before, Action::Yield(..)),
        Action::Path(..) => !matches!(
            before,
            Action::Write(_) | Action::Read(_) | Action::Told(..)
        ),
        Action::Told(..) | Action::Read(_) => is_welcome(before),
        Action::Frame(ServerFrame::Receipt { .. }, _) => changes_company(before),
        Action::Frame(ServerFrame::Turn(_) | ServerFrame::Presence { .. }, _) => {
            is_welcome(before) || changes_outbox(before)
        }
        // After any of these it may have been found that it was not said.
        Action::Frame(ServerFrame::Entry(_), _) => match before {
            Action::Frame(ServerFrame::Entry(_) | ServerFrame::Entries { .. }, _)
            | Action::Afresh => true,
            before => is_welcome(before),
        },
        // It replaces nothing.
        _ => true,
    }
}

/// What the outbox or the draft became by it depends on what was known then.
fn changes_outbox(action: &Action) -> bool {
    matches!(
        action,
        Action::Send { .. }
            | Action::QueueAgain { .. }
            | Action::TakeBack(_)
            | Action::Reread(_)
            | Action::Adopt(_)
            | Action::Yield(..)
            | Action::Afresh
    )
}

fn is_welcome(action: &Action) -> bool {
    matches!(action, Action::Frame(ServerFrame::Welcome { .. }, _))
}

/// Whether a word says all that an earlier one said. One that tells no more what was read leaves marks as they are.
fn goes_on(from: &Receipt, word: &Receipt) -> bool {
    word.epoch == from.epoch && word.goes_on_from(from) && word.read >= from.read
}

/// Whether somebody else may sit there since, or the talk may be another.
fn changes_company(action: &Action) -> bool {
    let says = |entry: &Entry| matches!(entry.event, Event::Say { .. } | Event::Pass { .. });
    match action {
        Action::Frame(ServerFrame::Entry(entry), _) => !says(entry),
        Action::Frame(
            ServerFrame::Entries { .. } | ServerFrame::Welcome { .. } | ServerFrame::Resync { .. },
            _,
        )
        | Action::Afresh => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
