//! A panic in one of the hub's tasks ends that task alone, and the runtime says nothing: noted here, it ends the run.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes every panic of this thread from now on.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANIC.with_borrow_mut(|panic| *panic = Some(info.to_string()));
            usual(info);
        }));
    });
}

/// The last panic of this thread.
pub(crate) fn take() -> Option<String> {
    PANIC.take()
}
