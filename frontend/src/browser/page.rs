//! The window around the page: its title, its address, whether anybody looks.

use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use web_sys::{Document, Event, EventTarget, VisibilityState, Window};

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// Names the window.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Whether anybody can see the page.
#[must_use]
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() != VisibilityState::Hidden)
}

/// Whether somebody looks at this page and no other.
#[must_use]
pub fn is_in_front() -> bool {
    let focused = document().and_then(|document| document.has_focus().ok());
    is_visible() && focused == Some(true)
}

/// Gives the window another address on this site, without going there and without a step to go back.
pub fn set_address(path: &str) {
    let history = window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        let address = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
        // A refused change leaves an old address; the page works all the same.
        address.ok();
    }
}

/// Where the window is on this site: the path and the fragment.
#[must_use]
pub fn place() -> (String, String) {
    let location = window().map(|window| window.location());
    location.map_or_else(Default::default, |location| {
        let part = |part: Result<String, JsValue>| part.unwrap_or_default();
        (part(location.pathname()), part(location.hash()))
    })
}

/// Goes to another address on this site without loading it.
pub fn go(path: &str) {
    let Some(window) = window() else {
        return;
    };
    let gone = window
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(path)))
        .and_then(|()| Event::new(MOVED));
    match gone {
        // Browsers tell only of what the person did.
        Ok(moved) => drop(window.dispatch_event(&moved)),
        Err(_) => drop(window.location().set_href(path)),
    }
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = window() {
        window.location().reload().ok();
    }
}

/// The window is at another address of this site.
const MOVED: &str = "popstate";

/// Listens for the window going elsewhere on this site, until the answer is dropped.
#[must_use]
pub fn on_move(on: impl Fn() + 'static) -> Option<EventListener> {
    window().map(|window| EventListener::new(&window, MOVED, move |_| on()))
}

/// The site's scheme, name and port: `https://example.org`.
#[must_use]
pub fn origin() -> String {
    window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}

/// The site's name.
#[must_use]
pub fn hostname() -> String {
    window()
        .and_then(|window| window.location().hostname().ok())
        .unwrap_or_default()
}

/// What can happen to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// The network came back.
    Online,
    /// The page came into view or went out of it.
    Visibility,
    /// The page was shown, perhaps from the browser's memory.
    Shown,
    /// The page goes: it is closed, loaded anew, or kept in the browser's memory.
    Gone,
}

/// Listens until the answer is dropped.
#[must_use]
pub fn listen(on: impl Fn(Occurrence) + Clone + 'static) -> Vec<EventListener> {
    let mut listeners = Vec::new();
    let mut add = |target: Option<EventTarget>, name: &'static str, what: Occurrence| {
        let on = on.clone();
        listeners.extend(target.map(|t| EventListener::new(&t, name, move |_| on(what))));
    };
    add(window().map(Into::into), "online", Occurrence::Online);
    add(window().map(Into::into), "pageshow", Occurrence::Shown);
    add(window().map(Into::into), "pagehide", Occurrence::Gone);
    add(
        document().map(Into::into),
        "visibilitychange",
        Occurrence::Visibility,
    );
    listeners
}

/// A warning for whoever looks into the console.
pub fn warn(words: &str) {
    web_sys::console::warn_1(&words.into());
}

/// Where the page is put: in place of the frame that stands there until then.
#[must_use]
pub fn root() -> Option<web_sys::Element> {
    document()?.get_element_by_id("app")
}
