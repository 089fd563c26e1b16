//! Runs the paths of one room's page: gives the state machines what happens, does what they say, and reports to the page.
//! It keeps no state of the talk.

mod other;
mod server;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::{ClientFrame, CloseCode, Entry, ServerFrame, Timestamp};
use yew::Callback;

use super::peer::Peer;
use super::websocket::Socket;
use crate::browser::page::{self, Occurrence};
use crate::browser::{clock, random};
use crate::direct::{self, Direct};
use crate::link::{Happening, Link, Path};
use crate::paths::{Deed, Input, Paths, Ways};
use crate::state::{Action, View};

/// A person shows "is writing" at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(3);

/// Timers may be late by a little.
const LATE: Duration = Duration::from_secs(3);

/// What the page is told.
#[expect(
    clippy::large_enum_variant,
    reason = "most are frames, and none lives long"
)]
#[derive(Clone, Debug)]
pub enum Report {
    /// Whoever orders what is said spoke.
    Frame(ServerFrame, Timestamp),
    /// Something else is to be shown.
    Act(Action),
    /// These are to be kept, and [`Driver::kept`] says that they are.
    Keep(Vec<Entry>),
}

/// A look at what the page knows.
pub type Look = Box<dyn Fn(&mut dyn FnMut(&View))>;

/// The paths of one room, while its page is open. Dropping it ends them.
#[derive(Clone)]
pub struct Driver(Rc<Inner>);

struct Inner {
    look: Look,
    report: Callback<Report>,
    link: RefCell<Link>,
    socket: RefCell<Option<Socket>>,
    paths: RefCell<Paths>,
    direct: RefCell<Direct>,
    peer: RefCell<Option<Peer>>,
    /// Whether the server has given this connection a seat: before that it takes nothing but `hello`.
    welcomed: Cell<bool>,
    /// Whether people carry the signals of the attempt that runs, and its number.
    by_hand: Cell<Option<u32>>,
    /// Whether the path to the other page is open.
    open: Cell<bool>,
    /// The servers that help two pages find each other, as the hub told last.
    ice: RefCell<Vec<shared::IceServer>>,
    timer: RefCell<Option<Timeout>>,
    listeners: RefCell<Vec<EventListener>>,
    shown: Cell<Option<Path>>,
    ways: Cell<Ways>,
    typed: Cell<Timestamp>,
    /// Whether what was given to the server last went into a socket.
    went: Cell<bool>,
    /// It was said that the page goes.
    gone: Cell<bool>,
}

/// Milliseconds that a browser's timer can run.
const LONGEST_TIMER: u64 = i32::MAX as u64;

impl Driver {
    /// Connects to the room that `look` looks at.
    #[must_use]
    pub fn start(look: Look, report: Callback<Report>) -> Self {
        let mut saved = None;
        look(&mut |view| saved = view.saved);
        let inner = Rc::new(Inner {
            look,
            report,
            link: RefCell::new(Link::new(page::is_visible())),
            socket: RefCell::default(),
            paths: RefCell::new(Paths::new(saved)),
            direct: RefCell::default(),
            peer: RefCell::default(),
            welcomed: Cell::default(),
            by_hand: Cell::default(),
            open: Cell::default(),
            ice: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            shown: Cell::default(),
            ways: Cell::default(),
            typed: Cell::default(),
            went: Cell::default(),
            gone: Cell::default(),
        });
        let weak = Rc::downgrade(&inner);
        inner.listeners.replace(page::listen(move |occurrence| {
            if let Some(inner) = weak.upgrade() {
                match occurrence {
                    Occurrence::Shown if inner.gone.take() => {
                        inner.happened(Happening::Closed(CloseCode::SILENT));
                    }
                    Occurrence::Online => {
                        inner.happened(Happening::Doubt);
                        inner.direct(direct::Happening::Network);
                    }
                    Occurrence::Shown => inner.happened(Happening::Doubt),
                    Occurrence::Visibility => {
                        inner.happened(Happening::Visible(page::is_visible()));
                    }
                    Occurrence::Gone => inner.bye(),
                }
            }
        }));
        inner.happened(Happening::Wanted);
        Self(inner)
    }

    /// Sends a frame to whoever orders what is said, if there is a way.
    pub fn send(&self, frame: &ClientFrame) -> bool {
        self.0.send(frame.clone())
    }

    /// What the page knows has changed.
    pub fn looked(&self) {
        self.0.input(Input::Woke);
        self.0.note_others();
    }

    /// People are to carry what the two pages have to tell each other. `code`: what the other's page has made, if that is
    /// the first. Answers whether it is something that this page can use.
    pub fn by_hand(&self, code: Option<&str>) -> bool {
        self.0.hand(code)
    }

    /// What was to be kept is.
    pub fn kept(&self) {
        self.0.input(Input::Kept);
    }

    /// Tells the other that the person is writing, now and then.
    pub fn typing(&self) {
        let now = clock::now();
        if self.0.typed.get().after(TYPING_EVERY) <= now && self.send(&ClientFrame::Typing {}) {
            self.0.typed.set(now);
        }
    }

    /// The person wants to be connected (again), at once.
    pub fn wanted(&self) {
        self.0.happened(Happening::Wanted);
    }

    /// Whether the browser has let the time pass at which something was to be done: it does so to pages in the
    /// background.
    #[must_use]
    pub fn is_late(&self) -> bool {
        let due = self.0.link.borrow().next_wake();
        due.is_some_and(|at| at.after(LATE) <= clock::now())
    }

    /// Somebody wants to know whether the path holds: ask, or try again at once.
    pub fn probe(&self) {
        self.0.happened(Happening::Doubt);
    }

    /// This connection has no seat any more: come back for it.
    pub fn unseated(&self) {
        self.0.happened(Happening::Unseated);
    }

    /// What came cannot be believed: no more of it.
    pub fn doubted(&self) {
        self.0.happened(Happening::Doubted);
    }
}

impl Inner {
    /// Looks at the view.
    fn view<T>(&self, mut look: impl FnMut(&View) -> T) -> Option<T> {
        let mut seen = None;
        (self.look)(&mut |view| seen = Some(look(view)));
        seen
    }

    fn send(self: &Rc<Self>, frame: ClientFrame) -> bool {
        if !self.paths.borrow().can_give() {
            return false;
        }
        self.went.set(true);
        self.input(Input::Give(frame));
        self.went.get()
    }

    /// Something happened to the paths; what follows from it is done, until nothing more does.
    fn input(self: &Rc<Self>, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let now = clock::now();
            let mut input = Some(input);
            let deeds = self.view(|view| {
                let input = input.take().unwrap_or(Input::Woke);
                self.paths.borrow_mut().handle(now, view, input)
            });
            let deeds = deeds.unwrap_or_default();
            if !deeds.is_empty() {
                next = Some(Input::Woke);
            }
            // What happens on the new connection comes after all else.
            let anew = deeds.contains(&Deed::Reconnect);
            for deed in deeds {
                self.do_it(deed, now);
            }
            if anew {
                self.happened(Happening::Anew);
            }
        }
        self.show_ways();
        self.set_timer();
    }

    fn do_it(self: &Rc<Self>, deed: Deed, now: Timestamp) {
        let act = |action| self.report.emit(Report::Act(action));
        match deed {
            Deed::Show(frame) => self.report.emit(Report::Frame(frame, now)),
            Deed::ShowPath(path) => {
                if self.shown.replace(Some(path)) != Some(path) {
                    act(Action::Path(path, now));
                }
            }
            Deed::ShowAhead(entry) => act(Action::Ahead(entry, now)),
            Deed::Saved(saved) => act(Action::Saved(saved)),
            Deed::Yield(seq) => act(Action::Yield(seq, now)),
            Deed::Doubt(fault) => act(Action::Doubt(fault, now)),
            Deed::Keep(entries) => self.report.emit(Report::Keep(entries)),
            Deed::ToServer(frame) => {
                if !self.send_frame(&frame) {
                    self.went.set(false);
                }
            }
            Deed::ToPeer(text) => self.send_to_peer(&text),
            Deed::Reconnect => {}
            Deed::DropPeer => self.direct(direct::Happening::Closed),
        }
    }

    fn show_ways(&self) {
        let mut ways = self.paths.borrow().ways();
        ways.way = self.direct.borrow().way();
        if self.ways.replace(ways) != ways {
            self.report.emit(Report::Act(Action::Ways(ways)));
        }
    }

    /// The page goes. Should it come back from the browser's memory, it connects anew.
    fn bye(self: &Rc<Self>) {
        if self.send_frame(&ClientFrame::Bye {}) {
            self.gone.set(true);
            drop(self.socket.take());
        }
        self.direct(direct::Happening::Closed);
    }

    fn set_timer(self: &Rc<Self>) {
        let now = clock::now();
        let wakes = [
            self.link.borrow().next_wake(),
            self.paths.borrow().next_wake(now),
            self.direct.borrow().next_wake(),
        ];
        let Some(at) = wakes.into_iter().flatten().min() else {
            self.timer.take();
            return;
        };
        // A browser takes a longer time for none at all.
        let millis = at.0.saturating_sub(now.0).min(LONGEST_TIMER);
        let millis = u32::try_from(millis).unwrap_or_default();
        let weak = Rc::downgrade(self);
        self.timer.replace(Some(Timeout::new(millis, move || {
            if let Some(inner) = weak.upgrade() {
                inner.woke();
            }
        })));
    }

    fn woke(self: &Rc<Self>) {
        self.happened(Happening::Woke);
        self.input(Input::Woke);
        self.direct(direct::Happening::Woke);
    }
}

/// A random number for what only has to differ.
fn number() -> u32 {
    random::bytes().map_or(0, u32::from_le_bytes)
}
