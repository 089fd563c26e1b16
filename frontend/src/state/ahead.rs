//! What the other has said over the path of the two's own while the server orders: shown before it is ordered, and never
//! gone from sight without a trace.

use std::rc::Rc;

use shared::{Entry, Event, Floor, Reading, Timestamp, Turn};

use super::View;
use super::talk::{Line, Said, What};

/// As many are shown.
const MOST: usize = 8;

/// A message that nobody has ordered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// When it was shown.
    pub at: Timestamp,
    /// What it says.
    pub said: Said,
    turn: Turn,
}

impl Ahead {
    /// The line that it is.
    #[must_use]
    pub fn line(&self) -> Line {
        Line::ahead(self.at, What::Said(self.said.clone()))
    }

    /// Whether it can still be said after this entry: its author says things in their order.
    fn is_open(&self, entry: &Entry, floor: &Floor) -> bool {
        let seat = self.said.seat;
        let overtaken = entry.seat == seat && entry.message().is_some();
        !overtaken && floor.check(seat, self.turn).is_ok()
    }
}

impl View {
    /// Shows what the other has said before it is ordered.
    pub(super) fn show_ahead(&mut self, entry: &Entry) {
        let Some(person) = &self.person else { return };
        let words = person
            .generation()
            .and_then(|generation| person.read(generation, entry));
        let (Event::Say { id, turn, .. }, Some(words)) = (&entry.event, words) else {
            return;
        };
        let is_shown = self.has_message(*id) || self.ahead.iter().any(|it| it.said.id == *id);
        if is_shown || self.ahead.len() >= MOST {
            return;
        }
        self.peer_writes_until = None;
        Rc::make_mut(&mut self.ahead).push(Ahead {
            at: entry.at,
            said: Said::new(entry.seat, false, *id, words.into()),
            turn: *turn,
        });
    }

    /// An entry has come, after which the floor is this. What was shown is it, can still come, or was not said after all.
    /// Answers what was shown under its name with other words.
    pub(super) fn settle_ahead(
        &mut self,
        entry: &Entry,
        reading: &Reading,
        floor: &Floor,
    ) -> Vec<Ahead> {
        if self.ahead.is_empty() {
            return Vec::new();
        }
        let ahead = Rc::unwrap_or_clone(std::mem::take(&mut self.ahead));
        let is_named = |it: &Ahead| entry.message() == Some(it.said.id);
        let (mut named, others): (Vec<_>, Vec<_>) = ahead.into_iter().partition(is_named);
        named.retain(|it| !matches!(reading, Reading::Words(words) if **words == *it.said.text));
        let (open, over) = others.into_iter().partition(|it| it.is_open(entry, floor));
        self.ahead = Rc::new(open);
        self.keep_unsaid(over);
        named
    }

    /// Nothing of what was shown can be said any more, as far as is known here.
    pub(super) fn unsay_ahead(&mut self) {
        let ahead = Rc::unwrap_or_clone(std::mem::take(&mut self.ahead));
        self.keep_unsaid(ahead);
    }

    pub(super) fn keep_unsaid(&mut self, over: Vec<Ahead>) {
        if over.is_empty() {
            return;
        }
        let talk = Rc::make_mut(&mut self.talk);
        for Ahead { at, said, .. } in over {
            talk.tell(at, What::Said(Said { lost: true, ..said }));
        }
    }
}
