//! Where the keyboard is. A focused button that goes away would leave it nowhere; here it is given a new place.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Function;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, Element, HtmlElement, MutationObserver, MutationObserverInit};

use super::view;

/// The field one writes in.
pub const COMPOSER: &str = "composer";
/// The talk; it can be scrolled with the keyboard.
pub const TALK: &str = "talk";
/// What a page without a talk is about.
pub const HEADING: &str = "heading";

type Last = Rc<RefCell<Option<Element>>>;

/// Keeps the keyboard somewhere until dropped.
#[derive(Debug)]
pub struct Keeper {
    observer: MutationObserver,
    _on_change: Closure<dyn FnMut()>,
    _on_focus: EventListener,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Begins to keep it; `None` where the browser cannot tell of changes.
#[must_use]
pub fn keep() -> Option<Keeper> {
    let document = document()?;
    let last: Last = Rc::default();
    let on_focus = EventListener::new(&document, "focusin", {
        let last = last.clone();
        move |event| {
            let target = event.target().and_then(|target| target.dyn_into().ok());
            last.replace(target);
        }
    });
    let on_change = Closure::<dyn FnMut()>::new(move || mend(&last));
    let callback: &Function = on_change.as_ref().unchecked_ref();
    let observer = MutationObserver::new(callback).ok()?;
    let what = MutationObserverInit::new();
    what.set_child_list(true);
    what.set_subtree(true);
    observer
        .observe_with_options(&document, &what)
        .ok()
        .map(|()| Keeper {
            observer,
            _on_change: on_change,
            _on_focus: on_focus,
        })
}

/// Puts the cursor into the field one writes in, because the person asked for it.
pub fn composer() {
    if let Some(document) = document() {
        to(&document, COMPOSER);
    }
}

/// What had the keyboard may be gone: then its new place is what the page is about, or where one writes.
fn mend(last: &Last) {
    let gone = last
        .borrow()
        .as_ref()
        .is_some_and(|last| !last.is_connected());
    let Some(document) = document().filter(|document| gone && is_nowhere(document)) else {
        return;
    };
    let field = if view::welcomes_focus() {
        COMPOSER
    } else {
        TALK
    };
    // Where neither is there yet, the next change brings it.
    let _ = to(&document, HEADING) || to(&document, field);
}

fn is_nowhere(document: &Document) -> bool {
    let active = document.active_element().map(JsValue::from);
    active.is_none() || active == document.body().map(JsValue::from)
}

fn to(document: &Document, id: &str) -> bool {
    let element = document.get_element_by_id(id);
    let found = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    found.inspect(view::focus).is_some()
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
