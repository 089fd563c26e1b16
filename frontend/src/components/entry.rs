//! One message, as a bubble.

use std::rc::Rc;

use shared::{EntryId, Seat, Seq, Timestamp};
use yew::prelude::*;

use super::{badge, icons};
use crate::browser::clock;
use crate::calendar;
use crate::hooks::LineWish;
use crate::state::{Progress, Rank, Reach};
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
    /// Whether it crossed what stands above it.
    #[prop_or_default]
    pub crossed: bool,
    /// Whether nobody has ordered it yet.
    #[prop_or_default]
    pub ahead: bool,
    /// Its number, where it is the other's: how far they were read is told by it.
    #[prop_or_default]
    pub seq: Option<Seq>,
    /// Where it is not said: the words for having it said, and for taking it back.
    #[prop_or_default]
    pub offers: Offers,
    /// The person wants something of it.
    pub on_line: Callback<LineWish>,
}

/// What can be done with a message that was not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Say it after all, in these words.
    pub again: Option<&'static str>,
    /// Take it back.
    pub back: bool,
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
            data-seq={props.seq.map(|seq| seq.0.to_string())}
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
                if props.crossed {
                    <span class="crossed" data-testid="crossed" title="Written before the message above had been seen">
                        { "crossed" }
                    </span>
                }
                if props.mine || props.ahead || props.rank == Rank::Lost { { mark(&props.rank) } }
            </footer>
            { waiting(props) }
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
        Rank::Through(Reach::Stored) | Rank::Pending(Progress::Sent) => icons::tick(),
        Rank::Through(Reach::Delivered | Reach::Read) => icons::ticks(),
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

/// Why it was not said, and what can be done about it.
fn waiting(props: &BubbleProps) -> Html {
    let why = match &props.rank {
        Rank::Pending(Progress::Held(why)) => Some(wording::held(why)),
        _ => None,
    };
    let Offers { again, back } = props.offers;
    if why.is_none() && !back {
        return Html::default();
    }
    let on = |wish| props.on_line.reform(move |_: MouseEvent| wish);
    html! {
        <div class={classes!("waiting", why.is_some().then_some("refused"))}>
            if let Some(why) = why { <p>{ why }</p> }
            if let Some(again) = again {
                <button
                    type="button"
                    class="button small"
                    data-testid="send-again"
                    onclick={on(LineWish::QueueAgain(props.id))}
                >
                    { again }
                </button>
            }
            <button
                type="button"
                class="button small"
                data-testid="take-back"
                onclick={on(LineWish::TakeBack(props.id))}
            >
                { "Put back to write" }
            </button>
        </div>
    }
}
