//! Which page is shown for which address.

use yew::prelude::*;

use shared::RoomId;

use crate::address::{self, Invitation, Route};
use crate::browser::{focus, page};
use crate::pages::{RoomPage, link_lost, not_found};

/// The whole page.
#[component]
pub fn App() -> Html {
    let place = use_state_eq(page::place);
    {
        let place = place.setter();
        use_effect_with((), move |()| {
            let keeper = focus::keep();
            let moves = page::on_move(move || place.set(page::place()));
            move || drop((keeper, moves))
        });
    }
    let (path, fragment) = &*place;
    match Route::of(path) {
        Route::Table => html! { <RoomPage key="table" room={RoomId::Table} /> },
        Route::Conversation { room } => conversation(room, fragment),
        Route::NotFound => not_found(),
    }
}

/// A conversation, if its link is whole.
fn conversation(room: &str, fragment: &str) -> Html {
    let key = room;
    if let Some(invitation) = Invitation::read(room, fragment) {
        let (room, link) = (invitation.room_id(), invitation.secret);
        return html! { <RoomPage {key} {room} link={Some(link)} /> };
    }
    // A request is for somebody who sits there already, and has the link in their browser.
    match (room.parse(), address::read_request(fragment)) {
        (Ok(room), Some(asks_in)) => {
            let room = RoomId::Conversation(room);
            html! { <RoomPage {key} {room} asks_in={Some(asks_in)} /> }
        }
        _ => link_lost(),
    }
}
