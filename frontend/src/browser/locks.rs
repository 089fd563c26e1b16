//! The Web Locks API: which of two documents owns a name. Called by name, as its bindings are not stable yet.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Between two questions whether a lock is free.
const EVERY: Duration = Duration::from_millis(25);

/// What became of asking for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is this document's until it ends.
    Ours,
    /// Another document has it.
    Taken,
    /// This browser, or this insecure origin, has no locks.
    Unsupported,
}

/// Asks for `name` and waits up to `patience` for another document to let go of it.
pub async fn claim(name: &str, patience: Duration) -> Claim {
    let mut waited = Duration::ZERO;
    loop {
        match request(name).await {
            Ok(true) => return Claim::Ours,
            Ok(false) if waited >= patience => return Claim::Taken,
            Ok(false) => {}
            Err(_) => return Claim::Unsupported,
        }
        TimeoutFuture::new(u32::try_from(EVERY.as_millis()).unwrap_or(u32::MAX)).await;
        waited += EVERY;
    }
}

/// Whether this browser, at this origin, has locks.
#[must_use]
pub fn are_there() -> bool {
    web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"locks".into()).ok())
        .is_some_and(|locks| locks.is_object())
}

/// A place in the line for a lock, or the lock itself. Dropping it gives either up.
#[derive(Debug)]
pub struct Hold(Rc<Holding>);

#[derive(Debug, Default)]
struct Holding {
    over: Cell<bool>,
    release: RefCell<Option<Function>>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.over.set(true);
        if let Some(release) = self.0.release.take() {
            release.call0(&JsValue::NULL).ok();
        }
    }
}

/// Waits for `name` and keeps it; `steal`: takes it from whoever has it. `on_granted` is called when it is this
/// document's, and `on_lost` if another steals it. `None` where there are no locks.
#[must_use]
pub fn hold(
    name: &str,
    steal: bool,
    on_granted: impl FnOnce() + 'static,
    on_lost: impl FnOnce() + 'static,
) -> Option<Hold> {
    let holding = Rc::<Holding>::default();
    let hold = holding.clone();
    let grant = Closure::once_into_js(move |_lock: JsValue| {
        if hold.over.get() {
            return JsValue::UNDEFINED;
        }
        let held = Promise::new(&mut |resolve, _| {
            hold.release.replace(Some(resolve));
        });
        on_granted();
        held.into()
    });
    let asked = ask(name, if steal { "steal" } else { "" }, &grant).ok()?;
    let watched = holding.clone();
    spawn_local(async move {
        // It ends well when it is given up here.
        if JsFuture::from(asked).await.is_err() && !watched.over.get() {
            on_lost();
        }
    });
    Some(Hold(holding))
}

/// Asks for a lock in the way of `option`.
fn ask(name: &str, option: &str, grant: &JsValue) -> Result<Promise, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let locks = Reflect::get(&window.navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    if !option.is_empty() {
        Reflect::set(&options, &option.into(), &JsValue::TRUE)?;
    }
    request
        .call3(&locks, &name.into(), &options, grant)?
        .dyn_into()
}

/// Takes the lock if it is free, and keeps it.
async fn request(name: &str) -> Result<bool, JsValue> {
    let granted = Rc::new(Cell::new(false));
    let mut asked = Err(JsValue::NULL);
    let answered = Promise::new(&mut |resolve, _| {
        let granted = granted.clone();
        let hold = Closure::once_into_js(move |lock: JsValue| {
            granted.set(!lock.is_null());
            resolve.call0(&JsValue::NULL).ok();
            // A lock is held as long as this stays unsettled: as long as the document lives.
            if granted.get() {
                Promise::new(&mut |_, _| {}).into()
            } else {
                JsValue::UNDEFINED
            }
        });
        asked = ask(name, "ifAvailable", &hold).map(JsValue::from);
    });
    // Only a refusal settles the second before the first.
    JsFuture::from(Promise::race(&Array::of2(&answered, &asked?))).await?;
    Ok(granted.get())
}
