//! Whether somebody reads: the window is in front, and a message has been in view for a while.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::Seq;
use web_sys::{Element, EventTarget};

use super::page;

/// The attribute that tells a message's number.
pub const SEQ: &str = "data-seq";

/// Milliseconds for which a message must be in view.
const WHILE: u32 = 1_000;

/// Watches a list of messages until dropped.
pub struct Watch(Rc<Inner>);

struct Inner {
    list: Box<dyn Fn() -> Option<Element>>,
    on_read: Box<dyn Fn(Seq)>,
    told: Cell<Seq>,
    /// What is in view, and when that is for long enough.
    waits: RefCell<Option<(Seq, Timeout)>>,
    listeners: RefCell<Vec<EventListener>>,
}

impl Watch {
    /// Watches what `list` answers, once it does.
    pub fn new(
        list: impl Fn() -> Option<Element> + 'static,
        on_read: impl Fn(Seq) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            list: Box::new(list),
            on_read: Box::new(on_read),
            told: Cell::default(),
            waits: RefCell::default(),
            listeners: RefCell::default(),
        });
        let window = web_sys::window();
        let document = window.as_ref().and_then(web_sys::Window::document);
        let (window, document) = (
            window.map(EventTarget::from),
            document.map(EventTarget::from),
        );
        let listen = |target: &Option<EventTarget>, name| {
            let weak = Rc::downgrade(&inner);
            let target = target.as_ref()?;
            Some(EventListener::new(target, name, move |_| look(&weak)))
        };
        let listeners = [
            listen(&window, "focus"),
            listen(&window, "blur"),
            listen(&document, "visibilitychange"),
        ];
        inner
            .listeners
            .replace(listeners.into_iter().flatten().collect());
        Self(inner)
    }

    /// Something has moved.
    pub fn look(&self) {
        look(&Rc::downgrade(&self.0));
    }
}

fn look(weak: &Weak<Inner>) {
    let Some(inner) = weak.upgrade() else {
        return;
    };
    let list = (inner.list)().filter(|_| page::is_in_front());
    let in_view = list.and_then(|list| last_in_view(&list));
    let fresh = in_view.filter(|seq| *seq > inner.told.get());
    let goes_on = |waits: &(Seq, Timeout)| fresh.is_some_and(|seq| seq >= waits.0);
    let mut waits = inner.waits.borrow_mut();
    if waits.as_ref().is_some_and(goes_on) {
        return;
    }
    *waits = fresh.map(|seq| {
        let weak = weak.clone();
        let then = move || {
            let Some(inner) = weak.upgrade() else {
                return;
            };
            inner.waits.take();
            inner.told.set(seq);
            (inner.on_read)(seq);
            look(&weak);
        };
        (seq, Timeout::new(WHILE, then))
    });
}

/// The last message whose end is in view, or above it.
fn last_in_view(list: &Element) -> Option<Seq> {
    let bottom = list.get_bounding_client_rect().bottom() + 1.0;
    let mut next = list.first_element_child()?.last_element_child();
    while let Some(line) = next {
        if let Some(seq) = line.get_attribute(SEQ)
            && line.get_bounding_client_rect().bottom() <= bottom
        {
            return seq.parse().ok().map(Seq);
        }
        next = line.previous_element_sibling();
    }
    None
}
