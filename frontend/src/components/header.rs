//! The head of a room: who sits where, who is there, and by which path.

use shared::{Presence, Seat};
use yew::prelude::*;

use super::{badge, brand, new_conversation};
use crate::link::Path;
use crate::state::{Seating, View};
use crate::wording;

/// The head of a room; `mode` tells how the floor is shared, `people` more of who sits across, `path` how words get there.
pub fn header(view: &View, mode: Html, people: Option<Html>, path: Html) -> Html {
    html! {
        <header class="top">
            <div class="top-row">{ brand() }{ new_conversation(false) }</div>
            <div class="seats">
                { view.seating.map(|seating| peer(seating, view)) }
                <span class="chips">
                    { mode }
                    { people }
                    { path }
                </span>
                { me(view.my_seat()) }
            </div>
        </header>
    }
}

fn peer(seating: Seating, view: &View) -> Html {
    let seat = seating.seat.other();
    let presence = match seating.peer {
        Presence::Here {} => "here",
        Presence::Away { .. } => "away",
        Presence::Vacant {} => "vacant",
    };
    html! {
        <span class="person" data-testid="peer" data-presence={presence}>
            { badge(seat, if view.path == Path::Up { presence } else { "away" }) }
            <span>
                { format!("Seat {seat} ") }
                <small>{ wording::presence(seating.peer, view.peer_left(), view.path, view.now) }</small>
            </span>
        </span>
    }
}

fn me(seat: Option<Seat>) -> Html {
    html! {
        <span class="person me" data-testid="seat">
            if let Some(seat) = seat {
                <span>{ format!("You: seat {seat}") }</span>
                { badge(seat, "here") }
            } else {
                <span>{ "No seat yet" }</span>
            }
        </span>
    }
}
