//! What the person writes, and its way into the outbox and back.

use std::rc::Rc;

use shared::{EntryId, Mode, Timestamp, Turn};
use yew::AttrValue;

use super::{Letter, Pending, Progress, Refusal, View};

impl View {
    pub(super) fn write(&mut self, text: String) {
        self.draft = AttrValue::from(text);
        self.refusal = None;
    }

    pub(super) fn send(&mut self, id: EntryId, at: Timestamp, more: bool) {
        let text = self.draft.trim_start_matches(['\n', '\r']).trim_end();
        let pending = self
            .may_send()
            .and_then(|turn| self.queued(id, turn, text.into(), at));
        match pending {
            Ok(pending) => {
                let pending = Pending { more, ..pending };
                Rc::make_mut(&mut self.outbox).push(pending);
                self.write(String::new());
                self.now = at;
            }
            Err(refusal) => self.refusal = Some(refusal),
        }
    }

    /// A message that is to be said in `turn` to whoever sits there now.
    fn queued(
        &self,
        id: EntryId,
        turn: Turn,
        text: Rc<str>,
        at: Timestamp,
    ) -> Result<Pending, Refusal> {
        Ok(Pending {
            id,
            seat: self.my_seat().ok_or(Refusal::NoSeat)?,
            turn,
            more: false,
            seen: (self.mode() == Mode::Free).then(|| self.talk.last()),
            epoch: self.talk.epoch(),
            meant: self.company(),
            alone: self.direct_only().is_some(),
            text,
            written: at,
            letter: None,
            tried: false,
            progress: Progress::Queued {
                not_before: Timestamp::default(),
            },
        })
    }

    /// What was given to a path that is gone since is gone with it, and goes again.
    pub(super) fn sent(&mut self, id: EntryId, letter: &Letter) {
        if self.welcomed {
            Rc::make_mut(&mut self.outbox).sent(id, letter);
        }
    }

    pub(super) fn take_back(&mut self, id: EntryId) {
        // By the time of the press it may be on its way.
        if self.outbox.get(id).is_some_and(Pending::is_recallable)
            && let Some(pending) = Rc::make_mut(&mut self.outbox).take(id)
        {
            self.write(joined(&pending.text, &self.draft));
        }
    }

    pub(super) fn queue_again(&mut self, id: EntryId, at: Timestamp) {
        let Some(held) = self.outbox.get(id).filter(|held| held.is_held()) else {
            return;
        };
        let text = held.text.clone();
        let pending = self
            .may_queue()
            .and_then(|turn| self.queued(id, turn, text, at));
        match pending {
            Ok(pending) => {
                Rc::make_mut(&mut self.outbox).replace(pending);
                self.refusal = None;
                self.now = at;
            }
            Err(refusal) => self.refusal = Some(refusal),
        }
    }
}

/// Two texts as one; nothing of either is lost.
pub(crate) fn joined(before: &str, after: &str) -> String {
    match (before.trim(), after.trim()) {
        (_, "") => before.into(),
        ("", _) => after.into(),
        _ => format!("{before}\n\n{after}"),
    }
}
