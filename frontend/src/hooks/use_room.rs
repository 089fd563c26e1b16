//! One room while its page is open: the view, what the person can do, and what follows of itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use shared::{ClientFrame, EntryId, RoomId};
use wasm_bindgen_futures::spawn_local;
use yew::{
    Callback, UseReducerDispatcher, UseReducerHandle, hook, use_callback, use_effect_with,
    use_mut_ref, use_reducer,
};

use super::use_later;
use crate::browser::{clock, focus, page, random};
use crate::identity;
use crate::link::{Path, Stop};
use crate::state::{Action, View};
use crate::storage::Drawer;
use crate::transport::{Driver, Report};
use crate::wording;

type Driven = Rc<RefCell<Option<Driver>>>;

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
    /// The person wants a held message back in the composer.
    pub on_take_back: Callback<EntryId>,
    /// The person wants to be connected again.
    pub on_retry: Callback<()>,
}

/// Connects to `room` for as long as the component lives.
#[hook]
pub fn use_room(room: RoomId) -> Room {
    let view = use_reducer(|| View::new(room, clock::now()));
    let driver: Driven = use_mut_ref(|| None);

    {
        let (driver, dispatcher) = (driver.clone(), view.dispatcher());
        use_effect_with(room, move |&room| connect(room, driver, dispatcher));
    }
    use_outgoing(&view, &driver);
    use_keeping(room, &view);
    use_effect_with(wording::title(&view), |title| page::set_title(title));
    let tick = use_callback(view.dispatcher(), |(), dispatcher| {
        dispatcher.dispatch(Action::Tick(clock::now()));
    });
    use_later(view.next_tick(), tick);

    let deps = (view.dispatcher(), Shared(driver));
    let on_write = use_callback(deps.clone(), |text: String, (dispatcher, driver)| {
        if !text.trim().is_empty() {
            driver.with(Driver::typing);
        }
        dispatcher.dispatch(Action::Write(text));
    });
    let on_send = {
        let (view, driver) = (view.clone(), deps.1.clone());
        Callback::from(move |()| {
            if let Some(id) = random::bytes() {
                let (id, at) = (EntryId(id), clock::now());
                view.dispatch(Action::Send { id, at });
                // Without waiting for the page to be drawn: the other sees it that much sooner.
                give_due(&view, &driver);
            }
        })
    };
    let on_pass = {
        let (view, driver) = (view.clone(), deps.1.clone());
        Callback::from(move |()| match view.may_pass() {
            Ok(turn) => driver.with(|driver| {
                driver.send(&ClientFrame::Pass { turn });
            }),
            Err(refusal) => view.dispatch(Action::Refuse(refusal)),
        })
    };
    let on_take_back = use_callback(view.dispatcher(), |id, dispatcher| {
        dispatcher.dispatch(Action::TakeBack(id));
        focus::composer();
    });
    let on_retry = {
        let view = view.clone();
        Callback::from(move |()| {
            // Another tab had the seat meanwhile, and may have sent what this one still keeps.
            if view.stop() == Some(Stop::Superseded) {
                view.dispatch(reread(room));
            }
            deps.1.with(Driver::wanted);
        })
    };

    Room {
        view,
        on_write,
        on_send,
        on_pass,
        on_take_back,
        on_retry,
    }
}

/// Finds out who I am here, brings back what was left unsent, and connects. Answers how to end it.
fn connect(
    room: RoomId,
    driver: Driven,
    dispatcher: UseReducerDispatcher<View>,
) -> impl FnOnce() + 'static {
    let alive = Rc::new(Cell::new(true));
    spawn_local({
        let (alive, driver) = (alive.clone(), driver.clone());
        async move {
            let seat = identity::seat(room).await;
            // The page may have gone elsewhere meanwhile.
            if !alive.get() {
                return;
            }
            let Some(seat) = seat else {
                dispatcher.dispatch(Action::Path(Path::Stopped(Stop::NoKey), clock::now()));
                return;
            };
            let drawer = Drawer::of(room);
            let (draft, outbox) = (drawer.draft(), drawer.outbox());
            dispatcher.dispatch(Action::Restored { draft, outbox });
            let report = Callback::from(move |report| dispatcher.dispatch(action(report)));
            driver.replace(Some(Driver::start(room, seat, report)));
        }
    });
    move || {
        alive.set(false);
        driver.take();
    }
}

fn reread(room: RoomId) -> Action {
    let drawer = Drawer::of(room);
    let (draft, outbox) = (drawer.draft(), drawer.outbox());
    Action::Reread { draft, outbox }
}

fn action(report: Report) -> Action {
    match report {
        Report::Frame(frame, at) => Action::Frame(frame, at),
        Report::Path(path, at) => Action::Path(path, at),
    }
}

/// Gives the path what is due, and tells it how far the talk is known.
#[hook]
fn use_outgoing(view: &UseReducerHandle<View>, driver: &Driven) {
    {
        let driver = driver.clone();
        use_effect_with(view.position(), move |&position| {
            Shared(driver).with(|driver| driver.set_position(position));
        });
    }
    {
        let driver = driver.clone();
        use_effect_with(view.torn, move |&torn| {
            if torn {
                Shared(driver).with(Driver::torn);
            }
        });
    }
    let (view, driver) = (view.clone(), Shared(driver.clone()));
    use_effect_with(view.due(), move |_| give_due(&view, &driver));
}

/// Gives the path the message that is due; it is due no longer then.
fn give_due(view: &UseReducerHandle<View>, driver: &Shared) {
    if let Some(frame @ ClientFrame::Say { id, .. }) = view.due() {
        driver.with(|driver| {
            if driver.send(&frame) {
                view.dispatch(Action::Sent(id));
            }
        });
    }
}

/// Keeps the draft and the outbox over reloads.
#[hook]
fn use_keeping(room: RoomId, view: &View) {
    use_effect_with(
        (view.restored, view.draft.clone()),
        move |(restored, draft)| {
            if *restored {
                Drawer::of(room).set_draft(draft);
            }
        },
    );
    use_effect_with(
        (view.restored, view.outbox.clone()),
        move |(restored, outbox)| {
            if *restored {
                Drawer::of(room).set_outbox(outbox);
            }
        },
    );
}

/// The driver, for dependencies: it is the same one for as long as the component lives.
#[derive(Clone)]
struct Shared(Driven);

impl Shared {
    fn with(&self, act: impl FnOnce(&Driver)) {
        // A copy, so that nothing is borrowed while it acts.
        let driver = self.0.borrow().clone();
        if let Some(driver) = driver {
            act(&driver);
        }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
