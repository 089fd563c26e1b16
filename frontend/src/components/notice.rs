//! A talk that will not go on of itself, and the button that makes it.

use yew::prelude::*;

use super::new_conversation;
use crate::browser::clock;
use crate::link::Stop;
use crate::state::Alarm;
use crate::wording;

/// Says why, above the composer; what was said stays in sight. `on_retry`: the person wants it to go on here.
pub fn notice(stop: Stop, alarm: Option<Alarm>, on_retry: &Callback<()>) -> Html {
    let on_retry = on_retry.reform(|_: MouseEvent| ());
    let (testid, words, action) = match stop {
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
        Stop::Over => (
            "over",
            "This conversation is over, and the server keeps nothing of it.",
            "Try again",
        ),
        Stop::Doubt => ("doubt", "", "Show the talk from its beginning"),
        _ => ("ended", "The server ended this connection.", "Try again"),
    };
    let alarm = alarm.filter(|_| stop == Stop::Doubt);
    let words = alarm.map_or_else(
        || words.to_owned(),
        |alarm| wording::alarm(&alarm, clock::local),
    );
    html! {
        <div class="notice" role="alert" data-testid={testid}>
            <p>{ words }</p>
            <div class="actions">
                if matches!(stop, Stop::RoomFull
                        | Stop::NotInvited
                        | Stop::Withdrawn
                        | Stop::Left
                        | Stop::Reseated
                        | Stop::Over
                        | Stop::Doubt) {
                    { new_conversation(false) }
                }
                <button type="button" class="button" data-testid="go-on" onclick={on_retry}>{ action }</button>
            </div>
        </div>
    }
}
