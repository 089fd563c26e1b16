//! The head of a room: who sits where, who is there, and by which path.

use shared::{Presence, Seat, Timestamp};
use yew::prelude::*;

use super::{Badge, Brand, NewConversation, icons};
use crate::link::Path;
use crate::state::Seating;
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct HeaderProps {
    /// Where I sit.
    pub seating: Option<Seating>,
    /// Whether the other seat is free because somebody left it.
    pub peer_left: bool,
    /// The path to the hub.
    pub path: Path,
    /// The present.
    pub now: Timestamp,
    /// Who sits across.
    pub children: Html,
}

/// The head of a room.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    html! {
        <header class="top">
            <div class="top-row"><Brand /><NewConversation /></div>
            <div class="seats">
                { props.seating.map(|seating| peer(seating, props)) }
                <span class="chips">
                    <span class="chip" data-testid="mode">{ "Strict turns" }</span>
                    { props.children.clone() }
                    { path(props.path) }
                </span>
                { me(props.seating.map(|seating| seating.seat)) }
            </div>
        </header>
    }
}

fn peer(seating: Seating, props: &HeaderProps) -> Html {
    let seat = seating.seat.other();
    let presence = match seating.peer {
        Presence::Here {} => "here",
        Presence::Away { .. } => "away",
        Presence::Vacant {} => "vacant",
    };
    html! {
        <span class="person" data-testid="peer" data-presence={presence}>
            <Badge {seat} presence={if props.path == Path::Up { presence } else { "away" }} />
            <span>
                { format!("Seat {seat} ") }
                <small>{ wording::presence(seating.peer, props.peer_left, props.path, props.now) }</small>
            </span>
        </span>
    }
}

fn me(seat: Option<Seat>) -> Html {
    html! {
        <span class="person me" data-testid="seat">
            if let Some(seat) = seat {
                <span>{ format!("You: seat {seat}") }</span>
                <Badge {seat} />
            } else {
                <span>{ "No seat yet" }</span>
            }
        </span>
    }
}

fn path(path: Path) -> Html {
    let (name, icon, words) = if path == Path::Up {
        ("server", icons::linked(), "Via server")
    } else {
        ("none", icons::broken(), "No path")
    };
    html! {
        <span class="chip" data-testid="path" data-path={name}>{ icon }{ words }</span>
    }
}
