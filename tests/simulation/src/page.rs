//! A page in its browser: the real view and the real link, driven as `use_room` and the transport's driver drive them.
//! What they would do to the browser comes out as [`Out`].

mod floor;

use std::rc::Rc;
use std::time::Duration;

use frontend::link::{Deed, Happening, Link, Path, Stop};
use frontend::state::{Action, Letter, View};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _};
use shared::{
    BodyNonce, ClientFrame, CloseCode, EntryId, LinkSecret, Person, RoomId, ServerFrame, Timestamp,
};
use yew::Reducible as _;

use crate::drawer::Drawer;
use crate::world::Event;

/// "Is writing" is shown at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(3);

/// What a page does to its surroundings.
#[derive(Debug)]
pub(crate) enum Out {
    Open(u64),
    Drop(u64),
    Send(u64, Box<ClientFrame>),
}

/// What a page needs for a step.
pub(crate) struct Hands<'a> {
    /// What the browser's clock shows.
    pub(crate) now: Timestamp,
    pub(crate) rng: &'a mut StdRng,
    /// The last connection's number.
    pub(crate) connections: &'a mut u64,
    pub(crate) drawer: &'a mut Drawer,
    pub(crate) out: Vec<Out>,
}

impl Hands<'_> {
    fn chance(&mut self) -> f64 {
        self.rng.random_range(0.0..1.0)
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }
}

/// One tab.
pub(crate) struct Page {
    pub(crate) who: usize,
    pub(crate) view: Rc<View>,
    pub(crate) link: Link,
    pub(crate) visible: bool,
    /// Until then the machine sleeps.
    pub(crate) frozen_until: u64,
    /// What came meanwhile.
    pub(crate) backlog: Vec<Event>,
    /// When the world is to look at its timers.
    pub(crate) wake: Option<u64>,
    socket: Option<Socket>,
    /// What the driver was told last.
    person: Rc<Person>,
    shown: Option<Path>,
    /// The view that the effects have seen.
    drawn: Rc<View>,
    typed: Timestamp,
}

#[derive(Clone, Copy)]
struct Socket {
    connection: u64,
    open: bool,
}

impl Page {
    /// Opens `room` with what the browser has kept of it.
    pub(crate) fn open(who: usize, room: RoomId, hands: &mut Hands<'_>) -> Self {
        let view = Rc::new(View::new(room, hands.now));
        let links = hands.drawer.links.clone();
        let person = Person::new(room, hands.drawer.secret.clone(), links);
        let kept = hands.drawer.kept();
        let doubted = kept.alarm.is_some();
        let mut page = Self {
            who,
            view: Rc::clone(&view),
            link: Link::new(true),
            visible: true,
            frozen_until: 0,
            backlog: Vec::new(),
            wake: None,
            socket: None,
            person: Rc::new(person.clone()),
            shown: None,
            drawn: view,
            typed: Timestamp::default(),
        };
        page.act(Action::Restored(Box::new(person), kept));
        page.happened(hands, Happening::Wanted);
        if doubted {
            page.happened(hands, Happening::Doubted);
        }
        page.settle(hands);
        page
    }

    pub(crate) fn connection(&self) -> Option<u64> {
        self.socket.map(|socket| socket.connection)
    }

    /// Something came from the hub.
    pub(crate) fn hear(&mut self, hands: &mut Hands<'_>, frame: ServerFrame) {
        if let Some(socket) = &mut self.socket {
            socket.open = true;
        }
        self.happened(hands, Happening::Heard);
        if let ServerFrame::Challenge { nonce } = &frame {
            let hello = self.person.hello(nonce);
            self.send(hands, hello);
        }
        if let Some(happening) = Happening::told_by(&frame) {
            self.happened(hands, happening);
        }
        let frame = self.view.in_full(frame);
        self.act(Action::Frame(frame, hands.now));
        self.settle(hands);
    }

    /// The socket closed.
    pub(crate) fn closed(&mut self, hands: &mut Hands<'_>, code: CloseCode) {
        if let Some(socket) = &mut self.socket {
            socket.open = false;
        }
        self.happen(hands, Happening::Closed(code));
    }

    /// Something happened to the path.
    pub(crate) fn happen(&mut self, hands: &mut Hands<'_>, happening: Happening) {
        self.happened(hands, happening);
        self.settle(hands);
    }

    /// The timers are looked at.
    pub(crate) fn woke(&mut self, hands: &mut Hands<'_>) {
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= hands.now);
        // Also where nothing is due any more, as a timer of the page would.
        if is_due(self.view.next_tick()) || self.view.next_tick().is_none() {
            self.act(Action::Tick(hands.now));
        }
        self.happened(hands, Happening::Woke);
        self.act(Action::Tick(hands.now));
        self.settle(hands);
    }

    /// When the timers are to be looked at.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        let wakes = [self.link.next_wake(), self.view.next_tick()];
        wakes.into_iter().flatten().min()
    }

    /// The person writes this and sends it off. Answers its name, if it is on its way.
    pub(crate) fn say(&mut self, hands: &mut Hands<'_>, text: &str) -> Option<EntryId> {
        self.send_off(hands, text, false)
    }

    fn send_off(&mut self, hands: &mut Hands<'_>, text: &str, more: bool) -> Option<EntryId> {
        self.act(Action::Write(text.to_owned()));
        let (id, at) = (EntryId(hands.bytes()), hands.now);
        self.act(Action::Send { id, at, more });
        let taken = self.view.outbox.get(id).is_some();
        self.give_due(hands);
        self.settle(hands);
        taken.then_some(id)
    }

    pub(crate) fn pass(&mut self, hands: &mut Hands<'_>) {
        match self.view.may_pass() {
            Ok(turn) => self.give(hands, |person| person.pass(turn)),
            Err(refusal) => self.act(Action::Refuse(refusal)),
        }
        self.settle(hands);
    }

    pub(crate) fn types(&mut self, hands: &mut Hands<'_>) {
        if self.typed.after(TYPING_EVERY) <= hands.now && self.send(hands, ClientFrame::Typing {}) {
            self.typed = hands.now;
        }
    }

    pub(crate) fn take_back(&mut self, hands: &mut Hands<'_>, id: EntryId) {
        self.act(Action::TakeBack(id));
        self.settle(hands);
    }

    pub(crate) fn queue_again(&mut self, hands: &mut Hands<'_>, id: EntryId) {
        self.act(Action::QueueAgain { id, at: hands.now });
        self.settle(hands);
    }

    /// The person looks at what is there, and lets the other know.
    pub(crate) fn read(&mut self, hands: &mut Hands<'_>) {
        self.act(Action::TellReading(true));
        if let Some(mark) = self.view.bookmark() {
            self.act(Action::Read(mark.seq));
        }
        self.settle(hands);
    }

    pub(crate) fn leave(&mut self, hands: &mut Hands<'_>) {
        self.give(hands, Person::leave);
        self.settle(hands);
    }

    pub(crate) fn invite(&mut self, hands: &mut Hands<'_>, link: LinkSecret) {
        self.act(Action::NewLink(link));
        self.give(hands, |person| person.invite(&link));
        self.settle(hands);
    }

    /// The person wants to be connected again.
    pub(crate) fn retry(&mut self, hands: &mut Hands<'_>) {
        if self.view.stop() == Some(Stop::Superseded) {
            let kept = hands.drawer.kept();
            self.act(Action::Reread(kept));
        }
        self.happen(hands, Happening::Wanted);
    }

    fn act(&mut self, action: Action) {
        self.view = Rc::clone(&self.view).reduce(action);
    }

    fn happened(&mut self, hands: &mut Hands<'_>, happening: Happening) {
        let chance = hands.chance();
        for deed in self.link.handle(hands.now, chance, happening) {
            match deed {
                Deed::Open => {
                    *hands.connections += 1;
                    let connection = *hands.connections;
                    if let Some(old) = self.socket.take() {
                        hands.out.push(Out::Drop(old.connection));
                    }
                    let open = false;
                    self.socket = Some(Socket { connection, open });
                    hands.out.push(Out::Open(connection));
                }
                Deed::Drop => {
                    if let Some(socket) = self.socket.take() {
                        hands.out.push(Out::Drop(socket.connection));
                    }
                }
                Deed::Ping => drop(self.send(hands, ClientFrame::Ping {})),
            }
        }
        let path = self.link.path();
        if self.shown.replace(path) != Some(path) {
            self.act(Action::Path(path, hands.now));
        }
    }

    fn send(&self, hands: &mut Hands<'_>, frame: ClientFrame) -> bool {
        let Some(socket) = self.socket.filter(|socket| socket.open) else {
            return false;
        };
        hands
            .out
            .push(Out::Send(socket.connection, Box::new(frame)));
        true
    }

    fn give(&mut self, hands: &mut Hands<'_>, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
        let signed = self.view.person.as_ref().and_then(|person| sign(person));
        if !signed.is_some_and(|frame| self.send(hands, frame)) {
            self.act(Action::Refuse(frontend::state::Refusal::Unreachable));
        }
    }

    fn give_due(&mut self, hands: &mut Hands<'_>) {
        let nonce: BodyNonce = hands.bytes();
        let due = self.view.due();
        let frame = due.and_then(|id| Some((id, self.view.frame_of(id, &nonce)?)));
        if let Some((id, frame)) = frame
            && let Some(letter) = Letter::of(&frame)
        {
            // Kept first, in the form in which it goes.
            self.act(Action::Sealed(id, letter.clone()));
            hands.drawer.keep_outbox(&self.view.outbox);
            if self.view.due() == Some(id) && self.send(hands, frame) {
                self.act(Action::Sent(id, letter));
            }
        }
    }

    /// Tells how far the person has come, where that is news.
    fn tell_due(&mut self, hands: &mut Hands<'_>) {
        let word = self.view.receipt_due();
        if let Some(word) = word.and_then(|word| self.view.receipt(word))
            && self.send(hands, ClientFrame::Receipt(word))
        {
            self.act(Action::Told(word, hands.now));
        }
    }

    /// What follows from what changed: the page's effects, until there is nothing more to do.
    fn settle(&mut self, hands: &mut Hands<'_>) {
        loop {
            let (before, now) = (Rc::clone(&self.drawn), Rc::clone(&self.view));
            if Rc::ptr_eq(&before, &now) {
                return;
            }
            self.drawn = Rc::clone(&now);
            if let Some(person) = now.person.clone().filter(|_| before.person != now.person) {
                self.person = person;
            }
            if now.unseated && !before.unseated {
                self.happened(hands, Happening::Unseated);
            }
            if now.alarm.is_some() && before.alarm != now.alarm {
                self.happened(hands, Happening::Doubted);
            }
            if (before.due(), before.receipt_due()) != (now.due(), now.receipt_due()) {
                self.give_due(hands);
                self.tell_due(hands);
            }
            hands.drawer.keep(&before, &now);
        }
    }
}
