//! Who sits across, and what can be done about it: the safety words, and the seats.

use shared::{RoomId, Seat, SeatKey, safety_words};
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

use super::icons;
use crate::address;
use crate::hooks::Wish;
use crate::state::Trust;
use crate::wording;

#[derive(Clone, PartialEq, Properties)]
pub struct PeopleProps {
    /// The room.
    pub room: RoomId,
    /// My seat.
    pub me: Seat,
    /// What I know of who sits across.
    pub trust: Trust,
    /// Both keys, once both sit.
    pub keys: Option<[SeatKey; 2]>,
    /// Whether whoever sits across can still be sent away.
    pub may_withdraw: bool,
    /// Whether I tell what I have read, if the other does too.
    pub willing: bool,
    /// Whether the other tells, if I do too.
    pub other_willing: bool,
    /// The key of somebody who asks to be let in again.
    pub asks_in: Option<SeatKey>,
    /// The person wants something.
    pub on_wish: Callback<Wish>,
}

/// The sign in the head of the room, and what opens behind it.
#[component]
pub fn People(props: &PeopleProps) -> Html {
    let dialog = use_node_ref();
    let open = use_state_eq(|| false);
    let asked = props.asks_in.filter(|key| is_new(props, key));
    {
        // Whoever came by a request is asked about it at once.
        let open = open.clone();
        use_effect_with(asked, move |asked| {
            if asked.is_some() {
                open.set(true);
            }
        });
    }
    {
        let dialog = dialog.clone();
        use_effect_with(*open, move |&open| {
            let Some(dialog) = dialog.cast::<HtmlDialogElement>() else {
                return;
            };
            if open && !dialog.open() {
                dialog.show_modal().ok();
            } else if !open {
                dialog.close();
            }
        });
    }
    let set = |to: bool| {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(to))
    };
    let on_close = {
        let open = open.clone();
        Callback::from(move |_: Event| open.set(false))
    };
    // What was done here is done: the talk shows what came of it.
    let on_wish = {
        let (open, on_wish) = (open.clone(), props.on_wish.clone());
        Callback::from(move |wish| {
            on_wish.emit(wish);
            open.set(matches!(wish, Wish::Verify(_) | Wish::TellReading(_)));
        })
    };
    let trust = match props.trust {
        Trust::Alone => "alone",
        Trust::Unverified => "unverified",
        Trust::Verified => "verified",
        Trust::Changed => "changed",
    };
    html! {
        <>
            <button type="button" class="chip" data-testid="safety" data-trust={trust} onclick={set(true)}>
                { icons::lock() }{ wording::trust(props.trust) }
            </button>
            <dialog ref={dialog} class="people" aria-labelledby="people" data-testid="people" onclose={on_close}>
                if *open {
                    <Inside
                        people={props.clone()}
                        {asked}
                        {on_wish}
                        on_close={set(false)}
                    />
                }
            </dialog>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct InsideProps {
    people: PeopleProps,
    /// Who asks to be let in, and is not.
    asked: Option<SeatKey>,
    on_wish: Callback<Wish>,
    on_close: Callback<MouseEvent>,
}

/// What opens. One component for all of it, since each weighs a KiB of the page; what was written and half decided here
/// goes when it closes.
#[component]
fn Inside(props: &InsideProps) -> Html {
    let InsideProps {
        people,
        asked,
        on_wish,
        on_close,
    } = props;
    // Made by hashing for a while, on purpose: once, not at each drawing.
    let eight = use_memo(people.keys, |keys| {
        keys.map(|keys| safety_words(&people.room, keys))
    });
    let request = use_state(|| asked.map_or_else(String::new, |key| key.to_string()));
    let sure = use_state_eq(|| false);
    html! {
        <div class="people-parts">
            <header class="people-head">
                <h2 id="people">{ format!("You and seat {}", people.me.other()) }</h2>
                <button type="button" class="button small" data-testid="people-close" onclick={on_close.clone()}>
                    { "Close" }
                </button>
            </header>
            if asked.is_some() { { let_in(true, &request, on_wish) } }
            { words(people, (*eight).as_ref(), on_wish) }
            { reading(people, on_wish) }
            if people.may_withdraw { { withdraw(people.me.other(), on_wish) } }
            if asked.is_none() && people.keys.is_some() && people.room != RoomId::Table {
                { let_in(false, &request, on_wish) }
            }
            { leave(people.room, &sure, on_wish) }
        </div>
    }
}

/// Whether somebody asks who is not in already.
fn is_new(props: &PeopleProps, key: &SeatKey) -> bool {
    props.keys.is_some_and(|keys| !keys.contains(key))
}

fn words(props: &PeopleProps, eight: Option<&[&'static str; 8]>, on_wish: &Callback<Wish>) -> Html {
    let Some((keys, eight)) = props.keys.zip(eight) else {
        return html! {
            <p>{ "Nobody sits across from you. When somebody does, you both see the same safety words here." }</p>
        };
    };
    // These words, whoever may sit there by the time of the press.
    let on_verify = on_wish.reform(move |_: MouseEvent| Wish::Verify(keys));
    html! {
        <section>
            <p>
                { "You and the other see the same eight words, or somebody is in between. Compare them where you know \
                   each other’s voice or face, not here." }
            </p>
            if props.trust == Trust::Changed {
                <p class="warning">
                    { "These are not the words you compared before. The other has another key now, or is another \
                       person." }
                </p>
            }
            <ol class="words" data-testid="safety-words">
                { for eight.iter().map(|word| html! { <li>{ *word }</li> }) }
            </ol>
            if props.trust == Trust::Verified {
                <p class="done" role="status">{ icons::tick() }{ "You have compared these words." }</p>
            } else {
                <button type="button" class="button primary" data-testid="verify" onclick={on_verify}>
                    { "They are the same" }
                </button>
            }
        </section>
    }
}

/// Whether both tell each other what they have read.
fn reading(props: &PeopleProps, on_wish: &Callback<Wish>) -> Html {
    let willing = props.willing;
    let on_click = on_wish.reform(move |_: MouseEvent| Wish::TellReading(!willing));
    let words = match (willing, props.other_willing) {
        (true, true) => "You both tell. Two filled ticks stand by what was read.",
        (true, false) => "Nothing is told before the other wants it too.",
        (false, true) => "The other would. Nothing is told unless you both do.",
        (false, false) => "Nothing is told unless you both want it.",
    };
    html! {
        <section>
            <button
                type="button"
                class="switch"
                role="switch"
                aria-checked={willing.to_string()}
                data-testid="tell-reading"
                onclick={on_click}
            >
                { "Tell each other what has been read" }
            </button>
            <p data-testid="reading" role="status">{ words }</p>
        </section>
    }
}

/// The way back from a link that reached the wrong person.
fn withdraw(other: Seat, on_wish: &Callback<Wish>) -> Html {
    let on_click = on_wish.reform(|_: MouseEvent| Wish::NewLink);
    html! {
        <section>
            <h3>{ "Not the person you meant?" }</h3>
            <p>
                { format!(
                    "Seat {} has said nothing yet. You can take the seat back and get a new link; the old one opens \
                     nothing then. What you said so far may have been read, and is not shown to whoever comes next.",
                    other
                ) }
            </p>
            <button type="button" class="button" data-testid="withdraw" onclick={on_click}>
                { "Take the seat back" }
            </button>
        </section>
    }
}

/// The way back for somebody who lost the device with the key; `asked`: they ask.
fn let_in(asked: bool, request: &UseStateHandle<String>, on_wish: &Callback<Wish>) -> Html {
    let key = address::read_request(request);
    let on_input = {
        let request = request.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                request.set(field.value());
            }
        })
    };
    let on_click = {
        let on_wish = on_wish.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(key) = key {
                on_wish.emit(Wish::LetIn(key));
            }
        })
    };
    let refused = !request.trim().is_empty() && key.is_none();
    html! {
        <section>
            <h3>
                { if asked { "Somebody asks to be let in" } else { "Have they lost their device?" } }
            </h3>
            <p>
                { "On a new one, the page at the old link gives them a request for you. Let it in only if you are sure \
                   that it is them: whoever it is reads all that was said, and the old device is out." }
            </p>
            <label class="sr-only" for="let-in">{ "Their request" }</label>
            <input
                id="let-in"
                class="link-field"
                type="text"
                data-testid="let-in-request"
                placeholder="Their request"
                autocomplete="off"
                aria-invalid={refused.to_string()}
                value={(**request).clone()}
                oninput={on_input}
            />
            if refused { <p class="warning" role="status">{ "This is no such request. Ask for all of it." }</p> }
            <button
                type="button"
                class="button"
                data-testid="let-in"
                aria-disabled={key.is_none().to_string()}
                onclick={on_click}
            >
                { "Let them in" }
            </button>
        </section>
    }
}

/// The way out, asked twice.
fn leave(room: RoomId, sure: &UseStateHandle<bool>, on_wish: &Callback<Wish>) -> Html {
    let on_leave = on_wish.reform(|_: MouseEvent| Wish::Leave);
    let set = |to: bool| {
        let sure = sure.clone();
        Callback::from(move |_: MouseEvent| sure.set(to))
    };
    let (on_ask, on_stay) = (set(true), set(false));
    let price = match room {
        RoomId::Table => {
            "Your seat is free for whoever comes then, and you do not see this talk again."
        }
        RoomId::Conversation(_) => {
            "You do not see this talk again, and you come back only by a new link from the other."
        }
    };
    html! {
        <section>
            <h3>{ "Leave for good" }</h3>
            <p>{ price }</p>
            if **sure {
                // Where the first press was, the second does no harm.
                <div class="actions">
                    <button type="button" class="button" onclick={on_stay}>{ "Stay" }</button>
                    <button type="button" class="button danger" data-testid="leave-really" onclick={on_leave}>
                        { "Yes, give my seat up" }
                    </button>
                </div>
            } else {
                <button type="button" class="button" data-testid="leave" onclick={on_ask}>{ "Leave…" }</button>
            }
        </section>
    }
}
