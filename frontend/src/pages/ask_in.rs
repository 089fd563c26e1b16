//! For somebody who sat here before and has lost the key: how the other can let them in again.

use gloo_timers::callback::Interval;
use shared::{ConversationId, SeatKey};
use yew::prelude::*;

use crate::address;
use crate::browser::focus::HEADING;
use crate::browser::page;
use crate::components::{LinkCard, brand};

/// How often the door is tried. The hub has no place for those who wait before it.
const EVERY_MILLIS: u32 = 3_000;

#[derive(PartialEq, Properties)]
pub(super) struct AskInProps {
    /// The room.
    pub(super) room: ConversationId,
    /// The key to be let in under.
    pub(super) seat_key: SeatKey,
    /// Try the door.
    pub(super) on_retry: Callback<()>,
}

/// The request, to be handed to the other.
#[component]
pub(super) fn AskIn(props: &AskInProps) -> Html {
    let on_retry = props.on_retry.clone();
    use_effect_with((), move |()| {
        let knocking = Interval::new(EVERY_MILLIS, move || on_retry.emit(()));
        move || drop(knocking)
    });
    let link = format!(
        "{}{}",
        page::origin(),
        address::request(props.room, props.seat_key)
    );
    html! {
        <div class="frame">
            <header class="top"><div class="top-row">{ brand() }</div></header>
            <main class="plain wide" data-testid="ask-in-page">
                <LinkCard testid="ask-in-link" label="Request to be let in again" {link}>
                    <h1 id={HEADING} tabindex="-1">{ "Ask to be let in again" }</h1>
                    <p>
                        { "Send this to the other person, in a way that shows them it is you. When they let you in, this \
                           page goes on by itself, with all that was said. Your old device is out then." }
                    </p>
                </LinkCard>
                <p role="status">{ "Waiting for the other to let you in…" }</p>
            </main>
        </div>
    }
}
