//! The talk.

use shared::{Presence, RoomId};
use yew::prelude::*;

use super::plain::{Ended, Full, NoTable};
use crate::address::Invitation;
use crate::browser::clock;
use crate::components::{Alone, Composer, Header, Invite, Notice, Transcript};
use crate::hooks::{Room, use_room};
use crate::link::Stop;
use crate::state::View;
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct RoomProps {
    /// Which room.
    pub room: RoomId,
    /// Its link, to hand on; the table has none.
    #[prop_or_default]
    pub invitation: Option<Invitation>,
}

/// A room, or why there is none.
#[component]
pub fn RoomPage(props: &RoomProps) -> Html {
    let room = use_room(props.room);
    let view = &*room.view;
    let words = wording::status(view, clock::local).rest;
    let on_retry = room.on_retry.clone();
    match view.stop() {
        Some(Stop::NoTable) if view.seating.is_none() => html! { <NoTable /> },
        Some(Stop::RoomFull) if view.seating.is_none() => html! { <Full {on_retry} /> },
        Some(_) if view.seating.is_none() => html! { <Ended {words} {on_retry} /> },
        stop => talk(&room, stop, props.invitation),
    }
}

fn talk(room: &Room, stop: Option<Stop>, invitation: Option<Invitation>) -> Html {
    let view = &*room.view;
    let me = view.my_seat();
    let on_retry = room.on_retry.clone();
    let notice = stop.map(|stop| html! { <Notice {stop} {on_retry} /> });
    let today = clock::local(view.now);
    html! {
        <div class="frame" data-me={me.map(|seat| seat.to_string())}>
            <Header seating={view.seating} peer_left={view.peer_left()} path={view.path} now={view.now} />
            <Transcript
                talk={view.talk.clone()}
                outbox={view.outbox.clone()}
                {me}
                today={today.day}
                writes={view.peer_writes_until.is_some()}
                alone={alone(view, invitation)}
                on_take_back={room.on_take_back.clone()}
            />
            { notice }
            <Composer
                draft={view.draft.clone()}
                turn={wording::turn(view)}
                mine={view.may_speak()}
                {me}
                status={wording::status(view, clock::local)}
                ready={view.may_send().is_ok()}
                may_pass={view.may_pass().is_ok()}
                on_write={room.on_write.clone()}
                on_send={room.on_send.clone()}
                on_pass={room.on_pass.clone()}
            />
        </div>
    }
}

/// How the other gets here, while the other seat is free.
fn alone(view: &View, invitation: Option<Invitation>) -> Option<Html> {
    let seating = view.seating?;
    if seating.peer != (Presence::Vacant {}) {
        return None;
    }
    match invitation {
        Some(link) => Some(html! { <Invite key="alone" {link} /> }),
        // Once something was said, that is what one wants to see.
        None => (!view.talk.has_words()).then(|| html! { <Alone key="alone" /> }),
    }
}
