//! One room while its page is open: the view, what the person can do, and what follows of itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::Either;
use shared::{Change, ClientFrame, EntryId, LinkSecret, Person, RoomId, SeatKey, Seq, Turn};
use wasm_bindgen_futures::spawn_local;
use yew::{
    Callback, Reducible as _, UseReducerHandle, hook, use_callback, use_effect, use_effect_with,
    use_mut_ref, use_reducer,
};

use super::desk::Desk;
use super::use_address::use_address;
use super::use_later;
use super::use_part::use_part;
use crate::browser::{clock, focus, page, random};
use crate::identity;
use crate::link::{Path, Stop};
use crate::state::{Action, Letter, Pending, View};
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

/// Gives the path what is due, tells it what the person knows, and keeps that.
#[hook]
fn use_outgoing(desk: &Desk, means: &Shared) {
    let view = desk.view();
    {
        let (desk, means) = (desk.clone(), means.clone());
        // None of it does anything where nothing has changed, and to look costs less than to compare all that is known.
        use_effect(move || {
            means.with(|means| {
                let view = desk.view();
                if view.alarm.is_some() {
                    means.driver.doubted();
                }
                drop(means.drawer.keep(&view));
                means.driver.looked();
            });
        });
    }
    {
        let means = means.clone();
        use_effect_with(view.unseated, move |&unseated| {
            if unseated {
                means.with(|means| means.driver.unseated());
            }
        });
    }
    {
        let desk = desk.clone();
        use_effect_with(view.is_slow(), move |&slow| {
            if slow {
                desk.look();
            }
        });
    }
    let (desk, means) = (desk.clone(), means.clone());
    use_effect_with((view.due(), view.receipt_due()), move |_| {
        give_due(&desk, &means, None);
        tell_due(&desk, &means);
    });
}

/// Tells how far I have come, where that is news.
fn tell_due(desk: &Desk, means: &Shared) {
    let view = desk.view();
    // Signed only where there is a path: other tabs have the same news.
    let told = means.with(|means| {
        let word = view.receipt(view.receipt_due()?)?;
        means
            .driver
            .send(&ClientFrame::Receipt(word))
            .then_some(word)
    });
    if let Some(word) = told.flatten() {
        desk.dispatch(Action::Told(word, clock::now()));
    }
}

/// Keeps the message that is due in the form in which it goes, and then gives it to the path. `done`: what the person has
/// just done, which may have made one due. It is shown once that is kept: what changes the page makes the browser draw
/// it before it tells of anything else, and the other would wait for that too.
pub(super) fn give_due(desk: &Desk, means: &Shared, done: Option<Action>) {
    let mut actions = Vec::from_iter(done);
    let view = Rc::new(View::clone(&desk.view()));
    let view = actions.iter().cloned().fold(view, View::reduce);
    // Nothing is sealed where there is no path, in a tab that mirrors, or while another message is being kept.
    let kept_in = means.get().filter(|here| !here.keeping.get());
    let sealed = kept_in.and_then(|kept_in| {
        let (id, nonce) = view.due().zip(random::bytes())?;
        let letter = Letter::of(&view.frame_of(id, &nonce)?)?;
        Some((kept_in, id, letter))
    });
    let Some((kept_in, id, letter)) = sealed else {
        actions.into_iter().for_each(|action| desk.dispatch(action));
        return;
    };
    kept_in.keeping.set(true);
    actions.push(Action::Sealed(id, letter.clone()));
    let view = view.reduce(Action::Sealed(id, letter.clone()));
    let kept = kept_in.drawer.keep_first(&view);
    desk.put_off(actions);
    match kept {
        Either::Left(kept) => give_kept(desk, means, id, letter, kept),
        Either::Right(kept) => {
            let (desk, means) = (desk.clone(), means.clone());
            spawn_local(async move { give_kept(&desk, &means, id, letter, kept.await) });
        }
    }
}

/// Gives the path what is kept, or cannot be; it is due no longer then.
fn give_kept(desk: &Desk, means: &Shared, id: EntryId, letter: Letter, kept: bool) {
    means.with(|means| means.keeping.set(false));
    if !kept {
        desk.dispatch(Action::Unkept(clock::now()));
    }
    let view = desk.view();
    let due = view.outbox.get(id).filter(|_| view.due() == Some(id));
    let due = due.filter(|pending| pending.letter.as_ref() == Some(&letter));
    let Some(frame) = due.and_then(Pending::frame) else {
        // Meanwhile it was taken back, and another may have come.
        return give_due(desk, means, None);
    };
    if means.with(|means| means.driver.send(&frame)) == Some(true) {
        desk.dispatch(Action::Sent(id, letter));
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
        Wish::Propose(change) => give(desk, |person| person.propose(change)),
        Wish::Accept(proposal) => give(desk, |person| person.accept(proposal)),
        Wish::Decline(proposal) => give(desk, |person| person.decline(proposal)),
        Wish::Withdraw(proposal) => give(desk, |person| person.withdraw(proposal)),
        Wish::Allow(allows) => desk.dispatch(Action::Allow(allows)),
        Wish::TellReading(willing) => desk.dispatch(Action::TellReading(willing)),
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
    fn get(&self) -> Option<Rc<Means>> {
        self.0.borrow().clone()
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
