//! The product's name, and a seat's sign: a disc for seat 1, a square for seat 2, so that colour is not needed.

use shared::Seat;
use yew::prelude::*;

use crate::wording::NAME;

/// The wordmark.
#[component]
pub fn Brand() -> Html {
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

#[derive(PartialEq, Properties)]
pub struct BadgeProps {
    /// Whose.
    pub seat: Seat,
    /// `here`, `away` or `vacant`: filled, outlined, dashed.
    #[prop_or("here")]
    pub presence: &'static str,
}

/// A seat's sign.
#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    html! {
        <span
            class={classes!("badge", props.presence)}
            data-of={props.seat.to_string()}
            aria-hidden="true"
        />
    }
}
