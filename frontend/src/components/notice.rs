//! A talk that will not go on of itself, and the button that makes it.

use yew::prelude::*;

use super::NewConversation;
use crate::link::Stop;

#[derive(PartialEq, Properties)]
pub struct NoticeProps {
    /// Why it stopped.
    pub stop: Stop,
    /// The person wants it to go on here.
    pub on_retry: Callback<()>,
}

/// Says why, above the composer; what was said stays in sight.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let on_retry = props.on_retry.reform(|_: MouseEvent| ());
    let (testid, words, action) = match props.stop {
        Stop::Superseded => (
            "superseded",
            "This conversation is open in another tab.",
            "Use it here",
        ),
        Stop::RoomFull => (
            "seat-lost",
            "Your seat was given to someone else while you were away.",
            "Try again",
        ),
        Stop::Left => ("left", "You gave your seat up.", "Sit down again"),
        _ => ("ended", "The server ended this connection.", "Try again"),
    };
    html! {
        <div class="notice" data-testid={testid}>
            <p>{ words }</p>
            <div class="actions">
                if props.stop == Stop::RoomFull { <NewConversation /> }
                <button type="button" class="button" data-testid="go-on" onclick={on_retry}>{ action }</button>
            </div>
        </div>
    }
}
