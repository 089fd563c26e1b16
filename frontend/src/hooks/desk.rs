//! Where a tab does its part for a room: it leads, with the socket and what is kept, or mirrors the tab that does.

mod doing;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::{ClientFrame, RoomId, SeatKey, Word};
use wasm_bindgen_futures::spawn_local;
use yew::UseReducerHandle;

use super::use_room::Shared;
use crate::browser::channel::Channel;
use crate::browser::locks::{self, Hold};
use crate::browser::page::{self, Occurrence};
use crate::browser::{clock, random};
use crate::identity::Identity;
use crate::state::{Action, Refusal, View};
use crate::storage::Drawer;
use crate::tabs::{Deed, Heard, Name, Tabs, Want};

/// Milliseconds by which the page may be late to show what was done in it.
const UNNOTICED: u32 = 50;

/// One room's desk in this tab. Everything that changes the view goes over it.
#[derive(Clone)]
pub(super) struct Desk {
    view: UseReducerHandle<View>,
    means: Shared,
    place: Slot,
}

/// Empty until somebody sits down.
pub(super) type Slot = Rc<RefCell<Option<Rc<Place>>>>;

/// The place among the tabs, once it is known who sits here.
pub(super) struct Place {
    room: RoomId,
    me: Identity,
    drawer: Drawer,
    tabs: RefCell<Tabs>,
    channel: Option<Channel>,
    hold: RefCell<Option<Hold>>,
    timer: RefCell<Option<Timeout>>,
    listeners: RefCell<Vec<EventListener>>,
    followed: Cell<bool>,
    /// What has happened already and is to be shown.
    late: RefCell<Vec<Action>>,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.place, &other.place)
    }
}

impl Desk {
    /// A desk nobody sits at yet. `place` is the same for as long as the room's page lives.
    pub(super) fn new(view: UseReducerHandle<View>, means: Shared, place: Slot) -> Self {
        Self { view, means, place }
    }

    /// What is known right now. A handle that lives long must not be looked at itself: it keeps all it was shown.
    pub(super) fn view(&self) -> UseReducerHandle<View> {
        self.catch_up();
        self.view.clone()
    }

    /// Changes the view, in every tab where it is to be changed.
    pub(super) fn dispatch(&self, action: Action) {
        self.catch_up();
        self.change(action);
    }

    /// Changes the view at the next look at it, and soon in any case.
    pub(super) fn put_off(&self, actions: Vec<Action>) {
        if let Some(place) = self.place() {
            place.late.replace(actions);
            let desk = self.clone();
            Timeout::new(UNNOTICED, move || desk.catch_up()).forget();
        }
    }

    /// Makes the changes that were put off.
    fn catch_up(&self) {
        if let Some(place) = self.place() {
            for action in place.late.take() {
                self.change(action);
            }
        }
    }

    fn change(&self, action: Action) {
        match self.place() {
            Some(place) if place.tabs.borrow().leads() => {
                self.view.dispatch(action.clone());
                self.acted(&place, None, vec![action]);
            }
            Some(place) if place.tabs.borrow().knows() => self.wish(action),
            _ => self.view.dispatch(action),
        }
    }

    /// The person did something in a tab that does not lead.
    fn wish(&self, action: Action) {
        match action {
            Action::Tick(_) | Action::Refuse(_) => self.view.dispatch(action),
            Action::Write(_) => {
                // What one types is seen at once, whoever leads.
                self.view.dispatch(action.clone());
                self.want(Want::Act(vec![action]));
            }
            Action::Send { .. } if self.view().may_send().is_err() => self.view.dispatch(action),
            Action::Send { .. } => {
                let text = self.view().draft.to_string();
                self.view.dispatch(Action::Write(String::new()));
                self.want(Want::Act(vec![Action::Write(text), action]));
            }
            other => self.want(Want::Act(vec![other])),
        }
    }

    /// Gives the path what the person has signed.
    pub(super) fn give(&self, frame: Option<ClientFrame>) {
        let word = frame.and_then(Word::of);
        match word.filter(|_| self.view().welcomed && self.place().is_some()) {
            Some(word) => self.want(Want::Give(Box::new(word))),
            _ => self.view.dispatch(Action::Refuse(Refusal::Unreachable)),
        }
    }

    /// People are to carry what the two pages have to tell each other.
    pub(super) fn by_hand(&self, code: Option<String>) {
        self.want(Want::ByHand(code));
    }

    /// The person wants to be connected again.
    pub(super) fn retry(&self) {
        match self.place() {
            Some(_) => self.want(Want::Retry),
            // Nobody sits here any more.
            None => page::reload(),
        }
    }

    /// There is reason to ask whether the tab that leads is still there.
    pub(super) fn look(&self) {
        if let Some(place) = self.place() {
            let deeds = place.tabs.borrow_mut().looked_at(clock::now());
            self.run(&place, deeds);
        }
    }

    fn want(&self, want: Want) {
        if let Some(place) = self.place() {
            let deeds = place.tabs.borrow_mut().want(clock::now(), want);
            self.run(&place, deeds);
        }
    }

    /// Whether this browser had a key to the room before.
    pub(super) fn was_here(&self) -> bool {
        self.place().is_some_and(|place| place.me.known)
    }

    fn place(&self) -> Option<Rc<Place>> {
        self.place.borrow().clone()
    }

    /// Sits down here, to lead or to mirror.
    pub(super) fn sit(&self, room: RoomId, me: Identity, drawer: Drawer) {
        let (Some(name), now) = (random_name(), clock::now()) else {
            return;
        };
        let (tabs, deeds) = Tabs::join(name, now);
        let desk = self.clone();
        let place = Rc::new_cyclic(|weak: &Weak<Place>| {
            let on_word = desk.heard_by(weak);
            let shared = room != RoomId::Table && locks::are_there();
            let channel = shared
                .then(|| Channel::open(&line(me.secret.key()), on_word))
                .flatten();
            Place {
                room,
                me,
                drawer,
                tabs: RefCell::new(tabs),
                channel,
                hold: RefCell::default(),
                timer: RefCell::default(),
                listeners: RefCell::default(),
                followed: Cell::default(),
                late: RefCell::default(),
            }
        });
        self.place.replace(Some(place.clone()));
        if place.channel.is_none() {
            // Every tab is on its own: of two at one seat the newer wins.
            self.granted(&place);
            return;
        }
        let desk = self.clone();
        place.listeners.replace(page::listen(move |occurrence| {
            let shown = matches!(occurrence, Occurrence::Visibility | Occurrence::Shown);
            if shown && page::is_visible() {
                desk.look();
            }
        }));
        self.queue(&place, false);
        self.run(&place, deeds);
    }

    /// Leaves the desk.
    pub(super) fn leave(&self) {
        self.place.take();
        self.means.clear();
    }

    fn heard_by(&self, weak: &Weak<Place>) -> impl Fn(&str) + 'static {
        let (desk, weak) = (self.clone(), weak.clone());
        move |text| {
            match (weak.upgrade(), Heard::read(text)) {
                (Some(place), Heard::Word(word)) => {
                    let deeds = place.tabs.borrow_mut().hear(clock::now(), word);
                    desk.run(&place, deeds);
                }
                (Some(_), Heard::Later) => {
                    // Later: the channel that brought this goes with the place.
                    let desk = desk.clone();
                    spawn_local(async move { desk.retire() });
                }
                _ => {}
            }
        }
    }

    /// Stands in line for the lock, or takes it.
    fn queue(&self, place: &Rc<Place>, steal: bool) {
        let [(one, at), (two, at_two)] = [(); 2].map(|()| (self.clone(), Rc::downgrade(place)));
        let on_granted = move || {
            if let Some(place) = at.upgrade() {
                one.granted(&place);
            }
        };
        let on_lost = move || {
            if let Some(place) = at_two.upgrade() {
                let deeds = place.tabs.borrow_mut().lost(clock::now());
                two.run(&place, deeds);
            }
        };
        // What was waited for so far is given up first.
        place.hold.take();
        let name = line(place.me.secret.key());
        place
            .hold
            .replace(locks::hold(&name, steal, on_granted, on_lost));
    }

    fn granted(&self, place: &Rc<Place>) {
        let deeds = place
            .tabs
            .borrow_mut()
            .granted(random_name().unwrap_or_default());
        self.run(place, deeds);
    }

    fn acted(&self, place: &Rc<Place>, by: Option<Name>, actions: Vec<Action>) {
        let deeds = place.tabs.borrow_mut().acted(by, actions);
        self.run(place, deeds);
    }

    fn run(&self, place: &Rc<Place>, deeds: Vec<Deed>) {
        for deed in deeds {
            match deed {
                Deed::Post(word) => {
                    if let Some(channel) = &place.channel {
                        channel.post(&word.to_text());
                    }
                }
                Deed::Steal => self.queue(place, true),
                Deed::Lead => self.lead(place),
                Deed::Yield => {
                    self.means.clear();
                    self.queue(place, false);
                }
                Deed::Follow(story) => self.follow(place, &story),
                Deed::Show { actions, mine } => self.show(actions, mine),
                Deed::Do { by, want } => self.fulfil(place, by, want),
            }
        }
        self.set_timer(place);
    }

    fn set_timer(&self, place: &Rc<Place>) {
        let wake = place.tabs.borrow().next_wake();
        let timer = wake.map(|at| {
            let millis = at.0.saturating_sub(clock::now().0) + 1;
            let (desk, weak) = (self.clone(), Rc::downgrade(place));
            Timeout::new(u32::try_from(millis).unwrap_or(u32::MAX), move || {
                if let Some(place) = weak.upgrade() {
                    let deeds = place
                        .tabs
                        .borrow_mut()
                        .woke(clock::now(), page::is_visible());
                    desk.run(&place, deeds);
                }
            })
        });
        place.timer.replace(timer);
    }

    /// Begins to lead: from what is kept, or from where the tab that led before has come to.
    fn lead(&self, place: &Rc<Place>) {
        let (desk, weak) = (self.clone(), Rc::downgrade(place));
        let drawer = place.drawer.clone();
        spawn_local(async move {
            let kept = drawer.kept().await;
            // The page may have gone elsewhere meanwhile.
            if let Some(place) = weak.upgrade() {
                desk.begin(&place, kept);
            }
        });
    }
}

fn random_name() -> Option<Name> {
    random::bytes().map(Name::from_le_bytes)
}

/// What the tabs that sit under this key are known by to each other.
fn line(key: SeatKey) -> String {
    format!("duologue.tabs.{key}")
}
