//! The button that opens a conversation of one's own.

use shared::{ConversationId, LinkSecret};
use yew::prelude::*;
use yew_router::history::{BrowserHistory, History as _};

use super::icons;
use crate::address::Invitation;
use crate::browser::random;

#[derive(PartialEq, Properties)]
pub struct NewConversationProps {
    /// Whether it is what the page is about.
    #[prop_or_default]
    pub prominent: bool,
}

/// Makes a room and its secret, and goes there.
#[component]
pub fn NewConversation(props: &NewConversationProps) -> Html {
    let open = Callback::from(|_: MouseEvent| {
        if let (Some(room), Some(secret)) = (random::bytes(), random::bytes()) {
            let invitation = Invitation {
                room: ConversationId(room),
                secret: LinkSecret(secret),
            };
            BrowserHistory::new().push(invitation.path());
        }
    });
    let rank = if props.prominent { "primary" } else { "quiet" };
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
