//! One room while its page is open: the view, what the person can do, and what follows of itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use shared::{Change, ClientFrame, EntryId, LinkSecret, Person, RoomId, SeatKey, Seq, Turn};
use wasm_bindgen_futures::spawn_local;
use yew::{
    Callback, UseReducerHandle, hook, use_callback, use_effect_with, use_mut_ref, use_reducer,
};

use super::desk::Desk;
use super::use_address::use_address;
use super::use_later;
use super::use_outgoing::{give_due, use_outgoing};
use super::use_part::use_part;
use crate::browser::{clock, focus, page, random};
use crate::identity;
use crate::link::{Path, Stop};
use crate::state::{Action, View};
use crate::storage::Drawer;
use crate::storage::part::{self, Part};
use crate::transport::Driver;
use crate::wording;

/// What a person may want besides writing and sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A new link to the other seat; a silent stranger in it is out.
    NewLink,
    /// The other person, let in again under this key.
    LetIn(SeatKey),
    /// To give the seat up.
    Leave,
    /// The safety words of these two keys are the same on both sides.
    Verify([SeatKey; 2]),
    /// To tell each other what has been read, or not to.
    TellReading(bool),
    /// A direct path to the other page, or none.
    Allow(bool),
    /// The floor, asked for.
    Ask,
    /// This turn, taken from somebody who is away.
    Claim(Turn),
    /// A change, suggested to the other.
    Propose(Change),
    /// The server, to store again what is said.
    Server,
    /// Yes to what the other suggested.
    Accept(Seq),
    /// No to it.
    Decline(Seq),
    /// What was suggested here, taken back.
    Withdraw(Seq),
}

/// What a person may want of a line of the talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineWish {
    /// A message that was not said back in the composer.
    TakeBack(EntryId),
    /// A held message to be said after all.
    QueueAgain(EntryId),
    /// Nothing: what stands up to here was read.
    Read(Seq),
}

/// A room as its page uses it.
#[derive(Clone, Debug)]
pub struct Room {
    /// What is known.
    pub view: UseReducerHandle<View>,
    /// The person wrote.
    pub on_write: Callback<String>,
    /// The person wants it said, and whether the turn is to go on after it.
    pub on_send: Callback<bool>,
    /// The person hands the floor over without a word.
    pub on_pass: Callback<()>,
    /// The person wants something of a line.
    pub on_line: Callback<LineWish>,
    /// The person wants to be connected again.
    pub on_retry: Callback<()>,
    /// The person makes a code to carry to the other page, or has brought one from there.
    pub on_code: Callback<Option<String>>,
    /// The person wants something else.
    pub on_wish: Callback<Wish>,
    /// How the person says which of two they are here, as long as they have to.
    pub on_choose: Option<Callback<Part>>,
}

/// What there is in the tab that leads, once it is known who sits here.
pub(super) struct Means {
    pub(super) driver: Driver,
    pub(super) drawer: Drawer,
    /// Whether a message is being kept; it goes when it is.
    pub(super) keeping: Cell<bool>,
}

/// Connects to `room` for as long as the component lives, by the link the person came by, if any.
#[hook]
pub fn use_room(room: RoomId, came_by: Option<LinkSecret>) -> Room {
    let view = use_reducer(|| View::new(room, clock::now()));
    let means = Shared(use_mut_ref(|| None));
    let desk = Desk::new(view.clone(), means.clone(), use_mut_ref(|| None));

    {
        let desk = desk.clone();
        use_effect_with(room, move |&room| connect(room, came_by, desk));
    }
    use_outgoing(&desk, &means);
    use_address(&view);
    use_effect_with(wording::title(&view), |title| page::set_title(title));
    let tick = use_callback(view.dispatcher(), |(), dispatcher| {
        dispatcher.dispatch(Action::Tick(clock::now()));
    });
    use_later(view.next_tick(), tick);

    let deps = (desk.clone(), means.clone());
    let on_write = use_callback(deps, |text: String, (desk, means)| {
        if !text.trim().is_empty() {
            means.with(|means| means.driver.typing());
        }
        desk.dispatch(Action::Write(text));
    });
    let on_send = {
        let (desk, means) = (desk.clone(), means.clone());
        Callback::from(move |more| {
            if let Some(id) = random::bytes() {
                let (id, at) = (EntryId(id), clock::now());
                give_due(&desk, &means, Some(Action::Send { id, at, more }));
            }
        })
    };
    let on_pass = {
        let desk = desk.clone();
        Callback::from(move |()| match desk.view().may_pass() {
            Ok(turn) => give(&desk, |person| person.pass(turn)),
            Err(refusal) => desk.dispatch(Action::Refuse(refusal)),
        })
    };
    let on_line = use_callback(desk.clone(), |wish, desk| match wish {
        LineWish::TakeBack(id) => {
            desk.dispatch(Action::TakeBack(id));
            focus::composer();
        }
        LineWish::QueueAgain(id) => {
            let at = clock::now();
            desk.dispatch(Action::QueueAgain { id, at });
        }
        LineWish::Read(seq) => desk.dispatch(Action::Read(seq)),
    });
    let on_retry = use_callback(desk.clone(), |(), desk| desk.retry());
    let on_code = use_callback(desk.clone(), |code, desk| desk.by_hand(code));
    let on_choose = use_part(&view, came_by.is_some(), desk.was_here());
    let on_wish = use_callback(desk, grant);

    Room {
        view,
        on_write,
        on_send,
        on_pass,
        on_line,
        on_retry,
        on_code,
        on_wish,
        on_choose,
    }
}

/// Finds out who I am here, and sits down at the desk. Answers how to leave it.
fn connect(room: RoomId, came_by: Option<LinkSecret>, desk: Desk) -> impl FnOnce() + 'static {
    let alive = Rc::new(Cell::new(true));
    spawn_local({
        let (alive, desk) = (alive.clone(), desk.clone());
        async move {
            let drawer = Drawer::open(room, part::settled(room).unwrap_or_default()).await;
            let me = identity::identity(room, &drawer, came_by).await;
            // The page may have gone elsewhere meanwhile.
            if !alive.get() {
                return;
            }
            match me {
                Some(me) => desk.sit(room, me, drawer),
                None => desk.dispatch(Action::Path(Path::Stopped(Stop::NoKey), clock::now())),
            }
        }
    });
    move || {
        alive.set(false);
        desk.leave();
    }
}

/// Gives the path what the person has signed.
fn give(desk: &Desk, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
    let view = desk.view();
    let signed = view.person.as_ref().and_then(|person| sign(person));
    desk.give(signed);
}

fn grant(wish: Wish, desk: &Desk) {
    match wish {
        Wish::NewLink => {
            if let Some(link) = random::bytes().map(LinkSecret) {
                desk.dispatch(Action::NewLink(link));
                give(desk, |person| person.invite(&link));
            }
        }
        Wish::LetIn(key) => {
            if let Some(nonce) = random::bytes() {
                give(desk, |person| person.reseat(key, &nonce));
            }
        }
        Wish::Leave => give(desk, Person::leave),
        Wish::Verify(keys) => desk.dispatch(Action::Verify(keys)),
        Wish::Ask => {
            if let Some(turn) = desk.view().may_ask() {
                desk.give(Some(ClientFrame::Ask { turn }));
                desk.dispatch(Action::Asked(turn));
            }
        }
        Wish::Claim(turn) => give(desk, |person| person.claim(turn)),
        Wish::Propose(change) => {
            allow_for(change, desk);
            give(desk, |person| person.propose(change));
        }
        Wish::Accept(proposal) => {
            let [_, theirs] = desk.view().proposals();
            if let Some(meant) = theirs.filter(|theirs| theirs.seq == proposal) {
                allow_for(meant.change, desk);
            }
            give(desk, |person| person.accept(proposal));
        }
        Wish::Server => desk.dispatch(Action::WantServer),
        Wish::Decline(proposal) => give(desk, |person| person.decline(proposal)),
        Wish::Withdraw(proposal) => give(desk, |person| person.withdraw(proposal)),
        Wish::Allow(allows) => desk.dispatch(Action::Allow(allows)),
        Wish::TellReading(willing) => desk.dispatch(Action::TellReading(willing)),
    }
}

/// Whoever wants to talk directly only allows the path that takes.
fn allow_for(change: Change, desk: &Desk) {
    if desk.view().takes_direct_path(change) {
        desk.dispatch(Action::Allow(true));
    }
}

/// Connects again, where the socket is.
pub(super) fn retry(desk: &Desk, means: &Shared) {
    let view = desk.view();
    match view.stop() {
        // Another tab had the seat meanwhile, and may have sent what this one still keeps.
        Some(Stop::Superseded) => {
            let (desk, means) = (desk.clone(), means.clone());
            spawn_local(async move {
                if let Some(drawer) = means.with(|means| means.drawer.clone()) {
                    desk.dispatch(Action::Reread(drawer.kept().await));
                }
                means.with(|means| means.driver.wanted());
            });
            return;
        }
        Some(Stop::Doubt) => {
            desk.dispatch(Action::Afresh);
        }
        _ => {}
    }
    means.with(|means| means.driver.wanted());
}

/// The means, for dependencies: they are the same for as long as the component lives.
#[derive(Clone)]
pub(super) struct Shared(Rc<RefCell<Option<Rc<Means>>>>);

impl Shared {
    /// From now on there are these.
    pub(super) fn set(&self, means: Means) {
        self.0.replace(Some(Rc::new(means)));
    }

    /// From now on there are none.
    pub(super) fn clear(&self) {
        drop(self.0.take());
    }

    /// Acts with them, where there are any: in the tab that leads.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Means) -> T) -> Option<T> {
        self.get().map(|means| act(&means))
    }

    /// What there is: a handle of its own, so that nothing is borrowed while somebody acts with it.
    pub(super) fn get(&self) -> Option<Rc<Means>> {
        self.0.borrow().clone()
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
