//! What a tab does: begin to lead, follow whoever leads, and what the person wants.

use std::cell::Cell;
use std::rc::Rc;

use shared::{Entry, ServerFrame, Timestamp};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::{Desk, Place};
use crate::browser::clock;
use crate::hooks::use_outgoing::give_due;
use crate::hooks::use_room::{Means, retry};
use crate::link::{Path, Stop};
use crate::state::{Action, Kept, Refusal, View, joined};
use crate::tabs::{Name, Story, Want};
use crate::transport::{Driver, Look, Report};

impl Desk {
    pub(super) fn begin(&self, place: &Rc<Place>, kept: Kept) {
        let now = clock::now();
        let fresh = !place.tabs.borrow().knows();
        let written = self.view().draft.to_string();
        let outbox = kept.outbox.clone();
        if fresh {
            let person = Box::new(place.me.person(place.room));
            self.view.dispatch(Action::Restored(person, kept.clone()));
        }
        let draft = kept.draft.clone();
        let deeds = place.tabs.borrow_mut().started(kept, now);
        if !place.tabs.borrow().leads() {
            return;
        }
        if fresh {
            // Something may have been written while the storage was being read.
            let all = self.view().draft.to_string();
            if !written.is_empty() && all != draft {
                self.dispatch(Action::Write(all));
            }
        } else {
            // What was withdrawn may be in there: its leader went before it was out.
            let tabs = place.tabs.borrow();
            let outbox = outbox.without(|id| tabs.has_taken_back(id));
            drop(tabs);
            self.dispatch(Action::Adopt(outbox));
        }
        let view = self.view();
        if view.person.is_some() {
            let desk = self.clone();
            let report = Callback::from(move |report| match report {
                Report::Frame(frame, at) => desk.hear(frame, at),
                Report::Act(action) => desk.dispatch(action),
                Report::Keep(entries) => desk.keep(entries),
            });
            let desk = self.clone();
            let look: Look = Box::new(move |look| look(&desk.view()));
            let driver = Driver::start(look, report);
            // A reload forgets no doubt.
            if view.alarm.is_some() {
                driver.doubted();
            }
            let drawer = place.drawer.clone();
            if drawer.keeps_nothing() {
                self.dispatch(Action::Unkept(now));
            }
            self.means.set(Means {
                driver,
                drawer,
                keeping: Cell::default(),
            });
        }
        self.run(place, deeds);
    }

    /// Keeps what a page has ordered before anybody is told of it.
    fn keep(&self, entries: Vec<Entry>) {
        let Some(drawer) = self.means.with(|means| means.drawer.clone()) else {
            return;
        };
        let desk = self.clone();
        spawn_local(async move {
            // What cannot be kept is said all the same: the other keeps it too.
            if !drawer.keep_entries(&entries).await {
                desk.dispatch(Action::Unkept(clock::now()));
            }
            desk.means.with(|means| means.driver.kept());
        });
    }

    fn hear(&self, frame: ServerFrame, at: Timestamp) {
        let frame = self.view().in_full(frame);
        let settles = self.view().settled_by(&frame);
        self.dispatch(Action::Frame(frame, at));
        if let Some(id) = settles.filter(|&id| self.view().outbox.get(id).is_none()) {
            self.dispatch(Action::Settled(id));
        }
    }

    /// Another tab runs a later version of the page, and understands nothing that this one says: the conversation is open
    /// there. To have it here, the page is loaded again.
    pub(super) fn retire(&self) {
        self.leave();
        let path = Path::Stopped(Stop::Superseded);
        self.view.dispatch(Action::Path(path, clock::now()));
    }

    /// Shows what the tab that leads has come to.
    pub(super) fn follow(&self, place: &Rc<Place>, story: &Story) {
        let first = !place.followed.replace(true);
        let person = place.me.person_of(place.room, story.kept.links.clone());
        let view = View::retold(place.room, person, story);
        let written = self.view().draft.to_string();
        let (draft, stop) = (view.draft.to_string(), view.stop());
        self.view.dispatch(Action::Mirrored(Box::new(view)));
        self.view.dispatch(Action::Tick(clock::now()));
        if first && !written.is_empty() && written != draft {
            self.dispatch(Action::Write(joined(&draft, &written)));
        }
        // Opening the page once more is a wish to be there.
        if first && matches!(stop, Some(Stop::Superseded | Stop::Ended(_))) {
            self.retry();
        }
    }

    pub(super) fn show(&self, actions: Vec<Action>, mine: bool) {
        // What one typed here is here already.
        if mine && matches!(&actions[..], [Action::Write(_)]) {
            return;
        }
        let said = actions
            .iter()
            .any(|action| matches!(action, Action::Send { .. }));
        let written = self.view().draft.to_string();
        for action in actions {
            self.view.dispatch(action);
        }
        // One may have gone on writing since.
        if mine && said && !written.trim().is_empty() {
            let rest = joined(&self.view().draft, &written);
            self.dispatch(Action::Write(rest));
        }
    }

    /// Does what the person wants, where the socket is.
    pub(super) fn fulfil(&self, place: &Rc<Place>, by: Option<Name>, want: Want) {
        match want {
            Want::Act(actions) => self.act(place, by, actions),
            Want::Give(word) => {
                let frame = word.into_frame();
                let given =
                    frame.and_then(|frame| self.means.with(|means| means.driver.send(&frame)));
                if given != Some(true) {
                    self.dispatch(Action::Refuse(Refusal::Unreachable));
                }
            }
            Want::ByHand(code) => {
                let code = code.as_deref();
                if self.means.with(|means| means.driver.by_hand(code)) == Some(false) {
                    self.view.dispatch(Action::Refuse(Refusal::NoCode));
                } else {
                    self.dispatch(Action::Allow(true));
                }
            }
            Want::Retry => retry(self, &self.means),
            Want::Knock(true) | Want::Look
                if self.means.with(|means| means.driver.is_late()) == Some(true) =>
            {
                self.step_down(place);
            }
            Want::Knock(_) => {}
            Want::Look => drop(self.means.with(|means| means.driver.probe())),
        }
    }

    /// The browser lets this tab sleep, and somebody looks at another one: that one is to lead.
    fn step_down(&self, place: &Rc<Place>) {
        place.hold.take();
        let deeds = place.tabs.borrow_mut().lost(clock::now());
        self.run(place, deeds);
    }

    fn act(&self, place: &Rc<Place>, by: Option<Name>, mut actions: Vec<Action>) {
        let view = self.view();
        let said = actions.iter().find_map(|action| match action {
            Action::Send { id, .. } => Some(*id),
            _ => None,
        });
        // The tab that led before may have done it, and gone before it said so.
        if said.is_some_and(|id| view.has_message(id)) {
            return;
        }
        if let [Action::Write(text)] = &actions[..]
            && !text.trim().is_empty()
        {
            self.means.with(|means| means.driver.typing());
        }
        for action in actions.clone() {
            self.view.dispatch(action);
        }
        if let (Some(id), Some(Action::Write(text))) = (said, actions.first())
            && !view.draft.trim().is_empty()
            && *view.draft != **text
        {
            // What was being written here stays, and so does what could not be said after all.
            let left = if self.view().has_message(id) {
                view.draft.to_string()
            } else {
                joined(&view.draft, text)
            };
            let back = Action::Write(left);
            self.view.dispatch(back.clone());
            actions.push(back);
        }
        self.acted(place, by, actions);
        give_due(self, &self.means, None);
    }
}
