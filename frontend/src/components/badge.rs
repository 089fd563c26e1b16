//! The product's name, and a seat's sign: a disc for seat 1, a square for seat 2, so that colour is not needed.

use shared::Seat;
use yew::prelude::*;

use crate::wording::NAME;

/// The wordmark.
pub fn brand() -> Html {
    html! {
        <span class="brand">
            <svg class="mark" viewBox="0 0 32 20" aria-hidden="true" focusable="false">
                <circle class="one" cx="10" cy="10" r="9" />
                <rect class="two" x="14" y="1.5" width="17" height="17" rx="4" />
            </svg>
            { NAME }
        </span>
    }
}

/// A seat's sign. `presence`: `here`, `away` or `vacant`, which is filled, outlined, dashed.
pub fn badge(seat: Seat, presence: &'static str) -> Html {
    html! {
        <span class={classes!("badge", presence)} data-of={seat.to_string()} aria-hidden="true" />
    }
}
