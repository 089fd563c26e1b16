//! Which page is shown for which address.

use yew::prelude::*;
use yew_router::prelude::*;

use shared::RoomId;

use crate::address::{self, Invitation, Route};
use crate::browser::focus;
use crate::pages::{RoomPage, link_lost, not_found};

/// The whole page.
#[component]
pub fn App() -> Html {
    use_effect_with((), |()| {
        let keeper = focus::keep();
        move || drop(keeper)
    });
    html! {
        <BrowserRouter>
            <Switch<Route> render={Callback::from(page)} />
        </BrowserRouter>
    }
}

fn page(route: Route) -> Html {
    match route {
        Route::Table => html! { <RoomPage key="table" room={RoomId::Table} /> },
        Route::Conversation { room } => html! { <Conversation {room} /> },
        Route::NotFound => not_found(),
    }
}

#[derive(PartialEq, Properties)]
struct ConversationProps {
    room: String,
}

/// A conversation, if its link is whole. The router does not look at the fragment, so it is read here.
#[component]
fn Conversation(props: &ConversationProps) -> Html {
    let location = use_location();
    let fragment = location.as_ref().map_or("", |location| location.hash());
    let key = props.room.as_str();
    if let Some(invitation) = Invitation::read(&props.room, fragment) {
        let (room, link) = (invitation.room_id(), invitation.secret);
        return html! { <RoomPage {key} {room} link={Some(link)} /> };
    }
    // A request is for somebody who sits there already, and has the link in their browser.
    match (props.room.parse(), address::read_request(fragment)) {
        (Ok(room), Some(asks_in)) => {
            let room = RoomId::Conversation(room);
            html! { <RoomPage {key} {room} asks_in={Some(asks_in)} /> }
        }
        _ => link_lost(),
    }
}
