//! A talk that will not go on of itself, and the button that makes it.

use yew::prelude::*;

use super::NewConversation;
use crate::browser::clock;
use crate::link::Stop;
use crate::state::Alarm;
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct NoticeProps {
    /// Why it stopped.
    pub stop: Stop,
    /// What cannot be believed.
    #[prop_or_default]
    pub alarm: Option<Alarm>,
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
        Stop::NotInvited => (
            "not-invited",
            "Your seat is gone, and this link opens none any more.",
            "Try again",
        ),
        Stop::Withdrawn => (
            "withdrawn",
            "Whoever made the link took this seat back before anything was said in it.",
            "Try again",
        ),
        Stop::Reseated => (
            "reseated",
            "The other person let you in again on another device; this one has no seat any more.",
            "Try again",
        ),
        Stop::Doubt => ("doubt", "", "Show the talk from its beginning"),
        _ => ("ended", "The server ended this connection.", "Try again"),
    };
    let alarm = props.alarm.filter(|_| props.stop == Stop::Doubt);
    let words = alarm.map_or_else(
        || words.to_owned(),
        |alarm| wording::alarm(&alarm, clock::local),
    );
    html! {
        <div class="notice" role="alert" data-testid={testid}>
            <p>{ words }</p>
            <div class="actions">
                if matches!(props.stop, Stop::RoomFull | Stop::NotInvited | Stop::Withdrawn) {
                    <NewConversation />
                }
                <button type="button" class="button" data-testid="go-on" onclick={on_retry}>{ action }</button>
            </div>
        </div>
    }
}
