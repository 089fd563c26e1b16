//! Another tab, which has only been told what the page's reducer was: it must always have come to the same.

use shared::{Person, RoomId, Timestamp};
use yew::Reducible as _;

use crate::state::{Action, View};
use crate::tabs::{Story, is_shared};
use std::rc::Rc;

#[derive(Default)]
pub(super) struct Mirror {
    person: Option<Person>,
    pub(super) story: Story,
}

impl Mirror {
    pub(super) fn hear(&mut self, action: &Action, now: Timestamp) {
        if let Action::Restored(person, kept) = action {
            self.person = Some((**person).clone());
            self.story = Story {
                kept: kept.clone(),
                began: now,
                actions: Vec::new(),
            };
        } else if is_shared(action) {
            let text = serde_json::to_string(action).expect("it can be written down");
            let read = crate::json::read(&text).expect("and read");
            self.story.note(read);
        }
    }

    /// Holds it against what the page shows, but for what passes by itself.
    pub(super) fn compare(&self, room: RoomId, view: &View) {
        let Some(person) = &self.person else {
            return;
        };
        let text = serde_json::to_string(&self.story).expect("it can be written down");
        let story = crate::json::read(&text).expect("and read");
        let told = Rc::new(View::retold(room, person.clone(), &story));
        let told = told.reduce(Action::Tick(view.now));
        let lasting = |view: &View| View {
            peer_writes_until: None,
            refusal: None,
            ..view.clone()
        };
        assert_eq!(lasting(&told), lasting(view));
    }
}
