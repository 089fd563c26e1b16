//! One message, as a bubble.

use std::rc::Rc;

use shared::{EntryId, Seat, Timestamp};
use yew::prelude::*;

use super::{badge, icons};
use crate::browser::clock;
use crate::calendar;
use crate::state::{Progress, Rank};
use crate::text::{Piece, is_gesture, neutralise, pieces};
use crate::wording;

#[derive(PartialEq, Properties)]
pub struct BubbleProps {
    /// Its name.
    pub id: EntryId,
    /// Whose.
    pub seat: Seat,
    /// Whether that is me.
    pub mine: bool,
    /// The words.
    pub text: Rc<str>,
    /// When it was accepted, or written.
    pub at: Timestamp,
    /// How far it has come.
    pub rank: Rank,
    /// Whether this page has no key to it.
    #[prop_or_default]
    pub closed: bool,
    /// The person wants it back in the composer.
    pub on_take_back: Callback<EntryId>,
}

/// One message.
#[component]
pub fn Bubble(props: &BubbleProps) -> Html {
    let text = neutralise(&props.text);
    let who = if props.mine {
        "You".to_owned()
    } else {
        format!("Seat {}", props.seat)
    };
    let at = calendar::hour(clock::local(props.at));
    let (state, _) = wording::rank(&props.rank);
    let side = if props.mine { "mine" } else { "theirs" };
    html! {
        <article
            class={classes!("entry", side, is_gesture(&text).then_some("gesture"))}
            data-testid="entry"
            data-seat={props.seat.to_string()}
            data-state={state}
        >
            if props.closed {
                <p class="bubble closed">{ "Sealed with a key that this device does not have" }</p>
            } else {
                <p class="bubble" dir="auto">{ for pieces(&text).iter().map(piece) }</p>
            }
            <footer class="meta">
                { badge(props.seat, "here") }
                <span class="sr-only">{ who }</span>
                <time>{ at }</time>
                if props.mine || props.rank == Rank::Lost { { mark(&props.rank) } }
            </footer>
            { refused(props) }
        </article>
    }
}

fn piece(piece: &Piece<'_>) -> Html {
    match *piece {
        Piece::Words(words) => html! { { words.to_owned() } },
        Piece::Address(address) => html! {
            <a href={address.to_owned()} target="_blank" rel="noopener noreferrer nofollow ugc">
                { address.to_owned() }
            </a>
        },
    }
}

fn mark(rank: &Rank) -> Html {
    let (state, words) = wording::rank(rank);
    let icon = match rank {
        Rank::Stored | Rank::Pending(Progress::Sent) => icons::tick(),
        Rank::Pending(Progress::Queued { .. }) => icons::clock(),
        Rank::Lost | Rank::Pending(Progress::Held(_)) => icons::pause(),
    };
    html! {
        <span class={classes!("mark-of", state)} title={words}>
            { icon }
            <span class="sr-only">{ words }</span>
        </span>
    }
}

fn refused(props: &BubbleProps) -> Html {
    let Rank::Pending(Progress::Held(why)) = &props.rank else {
        return Html::default();
    };
    let id = props.id;
    let on_take_back = props.on_take_back.reform(move |_: MouseEvent| id);
    html! {
        <div class="refused">
            <p>{ wording::held(why) }</p>
            <button type="button" class="button small" data-testid="take-back" onclick={on_take_back}>
                { "Put back to write" }
            </button>
        </div>
    }
}
