//! The talk.

use shared::{ConversationId, LinkSecret, Presence, Record, RoomId, SeatKey};
use yew::prelude::*;

use super::ask_in::AskIn;
use super::plain;
use crate::address::Invitation;
use crate::browser::clock;
use crate::components::{self, Composer, People, Transcript};
use crate::hooks::{Room, Wish, use_room};
use crate::link::Stop;
use crate::state::View;
use crate::storage::part;
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct RoomProps {
    /// Which room.
    pub room: RoomId,
    /// The link the person came by; the table has none.
    #[prop_or_default]
    pub link: Option<LinkSecret>,
    /// Somebody asks, by the address, to be let in again under this key.
    #[prop_or_default]
    pub asks_in: Option<SeatKey>,
}

/// A room, or why there is none.
#[component]
pub fn RoomPage(props: &RoomProps) -> Html {
    let room = use_room(props.room, props.link);
    let asking = use_state_eq(|| part::asks_in(props.room));
    let view = &*room.view;
    let words = wording::status(view, clock::local).rest;
    let on_retry = room.on_retry.clone();
    if let Some(on_choose) = &room.on_choose {
        return plain::own_invitation(on_choose);
    }
    if view.seating.is_some() {
        return talk(&room, view.stop(), props.asks_in);
    }
    // A conversation's seats are kept; who is turned away may be one of the two, on another device.
    let request = match (props.room, &view.person) {
        (RoomId::Conversation(id), Some(person)) => Some((id, person.key())),
        _ => None,
    };
    if let Some((room, key)) = request.filter(|_| *asking) {
        return html! { <AskIn {room} seat_key={key} {on_retry} /> };
    }
    let on_ask = request.map(|_| {
        let asking = asking.clone();
        let room = props.room;
        Callback::from(move |()| {
            part::ask_in(room);
            asking.set(true);
        })
    });
    match view.stop() {
        Some(Stop::RoomFull | Stop::NotInvited) if props.asks_in.is_some() => plain::not_yours(),
        Some(Stop::NoTable) => plain::no_table(),
        Some(Stop::Over) => plain::over(),
        Some(Stop::RoomFull) => plain::full(&on_retry, on_ask),
        Some(Stop::NotInvited) => plain::not_invited(&on_retry),
        Some(_) => {
            let doubt = view
                .alarm
                .as_ref()
                .map(|alarm| wording::alarm(alarm, clock::local));
            plain::ended(&doubt.unwrap_or(words), &on_retry)
        }
        None => talk(&room, None, props.asks_in),
    }
}

fn talk(room: &Room, stop: Option<Stop>, asks_in: Option<SeatKey>) -> Html {
    let view = &*room.view;
    let me = view.my_seat();
    let on_retry = room.on_retry.clone();
    let notice = stop.map(|stop| components::notice(stop, view.alarm, &on_retry));
    let today = clock::local(view.now);
    html! {
        <div class="frame" data-me={me.map(|seat| seat.to_string())}>
            { components::header(
                view,
                components::mode(view, &room.on_wish),
                people(room, asks_in),
                components::path(view, &room.on_wish, &room.on_code),
            ) }
            <Transcript
                talk={view.talk.clone()}
                outbox={view.outbox.clone()}
                ahead={view.ahead.clone()}
                saved={view.saved}
                {me}
                today={today.day}
                writes={view.peer_writes_until.is_some()}
                alone={alone(room)}
                again={wording::again(view)}
                reads={view.tells_reading()}
                on_line={room.on_line.clone()}
            />
            // Always there, so that nothing beside it is made anew when a notice comes or goes.
            <div>
                { notice }
                { components::path_offers(view, &room.on_wish) }
                { components::offers(view, &room.on_wish) }
            </div>
            <Composer
                draft={view.draft.clone()}
                turn={wording::turn(view)}
                mine={view.may_speak()}
                mode={view.mode()}
                {me}
                status={wording::status(view, clock::local)}
                ready={view.may_send().is_ok()}
                may_pass={view.may_pass().is_ok()}
                may_ask={view.may_ask().is_some()}
                on_write={room.on_write.clone()}
                on_send={room.on_send.clone()}
                on_pass={room.on_pass.clone()}
                on_ask={room.on_wish.reform(|()| Wish::Ask)}
            />
        </div>
    }
}

fn people(room: &Room, asks_in: Option<SeatKey>) -> Option<Html> {
    let view = &*room.view;
    let me = view.my_seat()?;
    let keys = view.keys();
    Some(html! {
        <People
            room={view.room}
            {me}
            trust={view.trust()}
            {keys}
            may_withdraw={keys.is_some() && view.may_invite()}
            willing={view.receipts.willing}
            other_willing={view.receipts.other_tells()}
            {asks_in}
            on_wish={room.on_wish.clone()}
        />
    })
}

/// How the other gets here, while the other seat is free.
fn alone(room: &Room) -> Option<Html> {
    let view = &*room.view;
    let seating = view.seating?;
    if seating.peer != (Presence::Vacant {}) {
        return None;
    }
    match view.room {
        RoomId::Conversation(id) => {
            let on_new_link = room.on_wish.reform(|()| Wish::NewLink);
            let link = standing(view, id);
            let seat = seating.seat.other();
            // Before all is known, an old link could be shown for the one that holds.
            view.is_current()
                .then(|| components::invite(seat, link, &on_new_link))
        }
        // Once something was said, that is what one wants to see.
        RoomId::Table => (!view.talk.has_words()).then(components::alone),
    }
}

/// The link that opens the other seat, if there is one.
fn standing(view: &View, room: ConversationId) -> Option<Invitation> {
    let person = view.person.as_ref()?;
    let open = person.record().is_some_and(Record::is_open);
    let secret = person.standing_link().copied().filter(|_| open)?;
    Some(Invitation { room, secret })
}
