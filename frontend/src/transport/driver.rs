//! Runs the [`Link`]: gives it what happens, does what it says, and reports to the page. It keeps no state of the talk.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::{ClientFrame, CloseCode, Nonce, Person, ServerFrame, Timestamp};
use yew::Callback;

use super::Event;
use super::websocket::Socket;
use crate::browser::page::{self, Occurrence};
use crate::browser::{clock, random};
use crate::link::{Deed, Happening, Link, Path};

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
    /// The hub spoke.
    Frame(ServerFrame, Timestamp),
    /// The path changed.
    Path(Path, Timestamp),
}

/// The path to the hub of one room, while its page is open. Dropping it ends it.
#[derive(Clone, Debug)]
pub struct Driver(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    person: RefCell<Rc<Person>>,
    report: Callback<Report>,
    link: RefCell<Link>,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timeout>>,
    listeners: RefCell<Vec<EventListener>>,
    shown: Cell<Option<Path>>,
    typed: Cell<Timestamp>,
    /// It was said that the page goes.
    gone: Cell<bool>,
}

impl Driver {
    /// Connects to the room of this person.
    #[must_use]
    pub fn start(person: Rc<Person>, report: Callback<Report>) -> Self {
        let inner = Rc::new(Inner {
            person: RefCell::new(person),
            report,
            link: RefCell::new(Link::new(page::is_visible())),
            socket: RefCell::default(),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            shown: Cell::default(),
            typed: Cell::default(),
            gone: Cell::default(),
        });
        let weak = Rc::downgrade(&inner);
        inner.listeners.replace(page::listen(move |occurrence| {
            if let Some(inner) = weak.upgrade() {
                match occurrence {
                    Occurrence::Shown if inner.gone.take() => {
                        inner.happened(Happening::Closed(CloseCode::SILENT));
                    }
                    Occurrence::Online | Occurrence::Shown => inner.happened(Happening::Doubt),
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

    /// Sends a frame, if the path is up.
    pub fn send(&self, frame: &ClientFrame) -> bool {
        self.0.send(frame)
    }

    /// Sends a frame that was written down elsewhere, if the path is up.
    pub fn send_text(&self, frame: String) -> bool {
        self.0.send_text(frame)
    }

    /// Notes what the person knows, to come back with.
    pub fn set_person(&self, person: Rc<Person>) {
        self.0.person.replace(person);
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
    fn happened(self: &Rc<Self>, happening: Happening) {
        let now = clock::now();
        let deeds = self
            .link
            .borrow_mut()
            .handle(now, random::chance(), happening);
        for deed in deeds {
            match deed {
                Deed::Open => self.open(),
                Deed::Drop => drop(self.socket.take()),
                Deed::Ping => drop(self.send(&ClientFrame::Ping {})),
            }
        }
        self.set_timer(now);
        let path = self.link.borrow().path();
        if self.shown.replace(Some(path)) != Some(path) {
            self.report.emit(Report::Path(path, now));
        }
    }

    /// The page goes. Should it come back from the browser's memory, it connects anew.
    fn bye(&self) {
        if self.send(&ClientFrame::Bye {}) {
            self.gone.set(true);
            drop(self.socket.take());
        }
    }

    fn open(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let socket = Socket::open(move |event| {
            if let Some(inner) = weak.upgrade() {
                inner.event(event);
            }
        });
        // Without a socket the connect limit passes, and the next try follows as after any failure.
        self.socket.replace(socket);
    }

    fn event(self: &Rc<Self>, event: Event) {
        match event {
            Event::Frame(frame) => {
                self.happened(Happening::Heard);
                self.frame(frame);
            }
            Event::Noise => self.happened(Happening::Heard),
            Event::Closed(code) => self.happened(Happening::Closed(code)),
        }
    }

    fn frame(self: &Rc<Self>, frame: ServerFrame) {
        if let ServerFrame::Challenge { nonce } = &frame {
            self.hello(nonce);
        }
        if let Some(happening) = Happening::told_by(&frame) {
            self.happened(happening);
        }
        self.report.emit(Report::Frame(frame, clock::now()));
    }

    fn hello(&self, nonce: &Nonce) {
        let hello = self.person.borrow().hello(nonce);
        self.send(&hello);
    }

    fn send(&self, frame: &ClientFrame) -> bool {
        serde_json::to_string(frame).is_ok_and(|text| self.send_text(text))
    }

    fn send_text(&self, frame: String) -> bool {
        let socket = self.socket.borrow();
        socket.as_ref().is_some_and(|socket| socket.send(frame))
    }

    fn set_timer(self: &Rc<Self>, now: Timestamp) {
        let Some(at) = self.link.borrow().next_wake() else {
            self.timer.take();
            return;
        };
        let millis = u32::try_from(at.0.saturating_sub(now.0)).unwrap_or(u32::MAX);
        let weak = Rc::downgrade(self);
        self.timer.replace(Some(Timeout::new(millis, move || {
            if let Some(inner) = weak.upgrade() {
                inner.happened(Happening::Woke);
            }
        })));
    }
}
