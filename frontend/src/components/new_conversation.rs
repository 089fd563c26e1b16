//! The button that opens a conversation of one's own.

use shared::{ConversationId, LinkSecret};
use yew::prelude::*;

use super::icons;
use crate::address::Invitation;
use crate::browser::{page, random};

/// Makes a room and its secret, and goes there. `prominent`: it is what the page is about.
pub fn new_conversation(prominent: bool) -> Html {
    let open = Callback::from(|_: MouseEvent| {
        if let (Some(room), Some(secret)) = (random::bytes(), random::bytes()) {
            let invitation = Invitation {
                room: ConversationId(room),
                secret: LinkSecret(secret),
            };
            page::go(&invitation.path());
        }
    });
    let rank = if prominent { "primary" } else { "quiet" };
    html! {
        <button
            type="button"
            class={classes!("button", rank)}
            data-testid="new-conversation"
            onclick={open}
        >
            { icons::plus() }
            <span>{ "New" }<span class="wide">{ " conversation" }</span></span>
        </button>
    }
}
