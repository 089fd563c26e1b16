//! One room while its page is open: the view, what the person can do, and what follows of itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::Either;
use shared::{ClientFrame, EntryId, LinkSecret, Person, RoomId, SeatKey, Seq};
use wasm_bindgen_futures::spawn_local;
use yew::{
    Callback, UseReducerDispatcher, UseReducerHandle, hook, use_callback, use_effect_with,
    use_mut_ref, use_reducer,
};

use super::use_keeping::use_keeping;
use super::use_later;
use crate::browser::{clock, focus, page, random};
use crate::identity;
use crate::link::{Path, Stop};
use crate::state::{Action, Letter, Pending, Refusal, View};
use crate::storage::Drawer;
use crate::transport::{Driver, Report};
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
    /// The person wants it said.
    pub on_send: Callback<()>,
    /// The person hands the floor over without a word.
    pub on_pass: Callback<()>,
    /// The person wants something of a line.
    pub on_line: Callback<LineWish>,
    /// The person wants to be connected again.
    pub on_retry: Callback<()>,
    /// The person wants something else.
    pub on_wish: Callback<Wish>,
}

/// What there is once it is known who sits here.
#[derive(Clone, Debug)]
struct Means {
    driver: Driver,
    drawer: Drawer,
    /// Whether a message is being kept; it goes when it is.
    keeping: Rc<Cell<bool>>,
}

/// Connects to `room` for as long as the component lives, by the link the person came by, if any.
#[hook]
pub fn use_room(room: RoomId, came_by: Option<LinkSecret>) -> Room {
    let view = use_reducer(|| View::new(room, clock::now()));
    let means = Shared(use_mut_ref(|| None));

    {
        let (means, dispatcher) = (means.clone(), view.dispatcher());
        use_effect_with(room, move |&room| connect(room, came_by, means, dispatcher));
    }
    use_outgoing(&view, &means);
    {
        let means = means.clone();
        use_keeping(&view, move |keep| {
            means.with(|means| keep(&means.drawer));
        });
    }
    use_effect_with(wording::title(&view), |title| page::set_title(title));
    let tick = use_callback(view.dispatcher(), |(), dispatcher| {
        dispatcher.dispatch(Action::Tick(clock::now()));
    });
    use_later(view.next_tick(), tick);

    let deps = (view.dispatcher(), means.clone());
    let on_write = use_callback(deps, |text: String, (dispatcher, means)| {
        if !text.trim().is_empty() {
            means.with(|means| means.driver.typing());
        }
        dispatcher.dispatch(Action::Write(text));
    });
    let on_send = {
        let (view, means) = (view.clone(), means.clone());
        Callback::from(move |()| {
            if let Some(id) = random::bytes() {
                let (id, at) = (EntryId(id), clock::now());
                view.dispatch(Action::Send { id, at });
                // Without waiting for the page to be drawn: the other sees it that much sooner.
                give_due(&view, &means);
            }
        })
    };
    let on_pass = {
        let (view, means) = (view.clone(), means.clone());
        Callback::from(move |()| match view.may_pass() {
            Ok(turn) => give(&view, &means, |person| person.pass(turn)),
            Err(refusal) => view.dispatch(Action::Refuse(refusal)),
        })
    };
    let on_line = use_callback(view.dispatcher(), |wish, dispatcher| match wish {
        LineWish::TakeBack(id) => {
            dispatcher.dispatch(Action::TakeBack(id));
            focus::composer();
        }
        LineWish::QueueAgain(id) => {
            let at = clock::now();
            dispatcher.dispatch(Action::QueueAgain { id, at });
        }
        LineWish::Read(seq) => dispatcher.dispatch(Action::Read(seq)),
    });
    let on_retry = {
        let (view, means) = (view.clone(), means.clone());
        Callback::from(move |()| retry(&view, &means))
    };
    let on_wish = {
        let view = view.clone();
        Callback::from(move |wish| grant(wish, &view, &means))
    };

    Room {
        view,
        on_write,
        on_send,
        on_pass,
        on_line,
        on_retry,
        on_wish,
    }
}

/// Finds out who I am here, brings back what was left unsent, and connects. Answers how to end it.
fn connect(
    room: RoomId,
    came_by: Option<LinkSecret>,
    means: Shared,
    dispatcher: UseReducerDispatcher<View>,
) -> impl FnOnce() + 'static {
    let alive = Rc::new(Cell::new(true));
    spawn_local({
        let (alive, means) = (alive.clone(), means.clone());
        async move {
            let drawer = Drawer::open(room).await;
            let person = identity::person(room, &drawer, came_by).await;
            let kept = drawer.kept().await;
            // The page may have gone elsewhere meanwhile.
            if !alive.get() {
                return;
            }
            let Some(person) = person else {
                dispatcher.dispatch(Action::Path(Path::Stopped(Stop::NoKey), clock::now()));
                return;
            };
            let doubted = kept.alarm.is_some();
            dispatcher.dispatch(Action::Restored(Box::new(person.clone()), kept));
            let unkept = dispatcher.clone();
            let report = Callback::from(move |report| dispatcher.dispatch(action(report)));
            let driver = Driver::start(Rc::new(person), report);
            if drawer.keeps_nothing() {
                unkept.dispatch(Action::Unkept(clock::now()));
            }
            // A reload forgets no doubt.
            if doubted {
                driver.doubted();
            }
            let keeping = Rc::default();
            means.0.replace(Some(Means {
                driver,
                drawer,
                keeping,
            }));
        }
    });
    move || {
        alive.set(false);
        means.0.take();
    }
}

fn action(report: Report) -> Action {
    match report {
        Report::Frame(frame, at) => Action::Frame(frame, at),
        Report::Path(path, at) => Action::Path(path, at),
    }
}

/// Gives the path what is due, and tells it what the person knows.
#[hook]
fn use_outgoing(view: &UseReducerHandle<View>, means: &Shared) {
    {
        let means = means.clone();
        use_effect_with(view.person.clone(), move |person| {
            if let Some(person) = person.clone() {
                means.with(|means| means.driver.set_person(person));
            }
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
        let means = means.clone();
        use_effect_with(view.alarm, move |alarm| {
            if alarm.is_some() {
                means.with(|means| means.driver.doubted());
            }
        });
    }
    let (view, means) = (view.clone(), means.clone());
    use_effect_with((view.due(), view.receipt_due()), move |_| {
        give_due(&view, &means);
        tell_due(&view, &means);
    });
}

/// Tells how far I have come, where that is news.
fn tell_due(view: &UseReducerHandle<View>, means: &Shared) {
    let word = view.receipt_due();
    if let Some(word) = word.and_then(|word| view.receipt(word))
        && means.with(|means| means.driver.send(&ClientFrame::Receipt(word))) == Some(true)
    {
        view.dispatch(Action::Told(word, clock::now()));
    }
}

/// Keeps the message that is due in the form in which it goes, and then gives it to the path.
fn give_due(view: &UseReducerHandle<View>, means: &Shared) {
    let Some((id, nonce)) = view.due().zip(random::bytes()) else {
        return;
    };
    let letter = view
        .frame_of(id, &nonce)
        .and_then(|frame| Letter::of(&frame));
    let Some((
        letter,
        Means {
            drawer, keeping, ..
        },
    )) = letter.zip(means.with(Means::clone))
    else {
        return;
    };
    if keeping.replace(true) {
        return;
    }
    view.dispatch(Action::Sealed(id, letter.clone()));
    match drawer.keep_outbox(&view.outbox) {
        Either::Left(kept) => give_kept(view, means, id, letter, kept),
        Either::Right(kept) => {
            let (view, means) = (view.clone(), means.clone());
            spawn_local(async move { give_kept(&view, &means, id, letter, kept.await) });
        }
    }
}

/// Gives the path what is kept, or cannot be; it is due no longer then.
fn give_kept(
    view: &UseReducerHandle<View>,
    means: &Shared,
    id: EntryId,
    letter: Letter,
    kept: bool,
) {
    means.with(|means| means.keeping.set(false));
    if !kept {
        view.dispatch(Action::Unkept(clock::now()));
    }
    let due = view.outbox.get(id).filter(|_| view.due() == Some(id));
    let due = due.filter(|pending| pending.letter.as_ref() == Some(&letter));
    let Some(frame) = due.and_then(Pending::frame) else {
        // Meanwhile it was taken back, and another may have come.
        return give_due(view, means);
    };
    if means.with(|means| means.driver.send(&frame)) == Some(true) {
        view.dispatch(Action::Sent(id, letter));
    }
}

/// Gives the path what the person has signed.
fn give(
    view: &UseReducerHandle<View>,
    means: &Shared,
    sign: impl FnOnce(&Person) -> Option<ClientFrame>,
) {
    let signed = view.person.as_ref().and_then(|person| sign(person));
    let sent = signed.and_then(|frame| means.with(|means| means.driver.send(&frame)));
    if sent != Some(true) {
        view.dispatch(Action::Refuse(Refusal::Unreachable));
    }
}

fn grant(wish: Wish, view: &UseReducerHandle<View>, means: &Shared) {
    match wish {
        Wish::NewLink => {
            if let Some(link) = random::bytes().map(LinkSecret) {
                view.dispatch(Action::NewLink(link));
                give(view, means, |person| person.invite(&link));
            }
        }
        Wish::LetIn(key) => {
            if let Some(nonce) = random::bytes() {
                give(view, means, |person| person.reseat(key, &nonce));
            }
        }
        Wish::Leave => give(view, means, Person::leave),
        Wish::Verify(keys) => view.dispatch(Action::Verify(keys)),
        Wish::TellReading(willing) => {
            view.dispatch(Action::TellReading(willing));
            means.with(|means| means.drawer.set_tells_reading(willing));
        }
    }
}

fn retry(view: &UseReducerHandle<View>, means: &Shared) {
    match view.stop() {
        // Another tab had the seat meanwhile, and may have sent what this one still keeps.
        Some(Stop::Superseded) => {
            let (view, means) = (view.clone(), means.clone());
            spawn_local(async move {
                if let Some(drawer) = means.with(|means| means.drawer.clone()) {
                    view.dispatch(Action::Reread(drawer.kept().await));
                }
                means.with(|means| means.driver.wanted());
            });
            return;
        }
        Some(Stop::Doubt) => {
            view.dispatch(Action::Afresh);
            if let Some(person) = view.person.clone() {
                means.with(|means| means.driver.set_person(person));
            }
        }
        _ => {}
    }
    means.with(|means| means.driver.wanted());
}

/// The means, for dependencies: they are the same for as long as the component lives.
#[derive(Clone)]
struct Shared(Rc<RefCell<Option<Means>>>);

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&Means) -> T) -> Option<T> {
        // A copy, so that nothing is borrowed while it acts.
        let means = self.0.borrow().clone();
        means.map(|means| act(&means))
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
