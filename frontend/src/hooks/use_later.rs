//! Something to be done at a moment, unless the moment changes before.

use gloo_timers::callback::Timeout;
use shared::Timestamp;
use yew::{Callback, hook, use_effect_with};

use crate::browser::clock;

/// Calls `then` once `at` has come.
#[hook]
pub fn use_later(at: Option<Timestamp>, then: Callback<()>) {
    use_effect_with((at, then), |(at, then)| {
        let timer = at.map(|at| {
            let then = then.clone();
            let millis = at.0.saturating_sub(clock::now().0);
            // One more: timers may fire a little early, and then the moment would not have come.
            let millis = u32::try_from(millis + 1).unwrap_or(u32::MAX);
            Timeout::new(millis, move || then.emit(()))
        });
        move || drop(timer)
    });
}
