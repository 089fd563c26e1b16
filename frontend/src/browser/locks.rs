//! The Web Locks API: which of two documents owns a name. Called by name, as its bindings are not stable yet.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

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

/// Takes the lock if it is free, and keeps it.
async fn request(name: &str) -> Result<bool, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let locks = Reflect::get(&window.navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;

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
        asked = request.call3(&locks, &name.into(), &options, &hold);
    });
    // Only a refusal settles the second before the first.
    JsFuture::from(Promise::race(&Array::of2(&answered, &asked?))).await?;
    Ok(granted.get())
}
