//! Two people without a server who carry their pages' signals themselves: what one page shows the other's reads.

use shared::Seat;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::LinkCard;
use crate::state::{Refusal, View};
use crate::wording;

/// Shown where neither the server nor the other page can be reached.
pub(super) fn by_hand(view: &View, on_code: &Callback<Option<String>>) -> Option<Html> {
    let me = view.my_seat().filter(|_| view.is_cut_off())?;
    let other = me.other();
    let on_make = on_code.reform(|_: MouseEvent| None);
    let on_code = on_code.clone();
    let on_input = Callback::from(move |event: InputEvent| {
        let field = event.target_dyn_into::<HtmlInputElement>();
        let text = field.map(|field| field.value());
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            on_code.emit(Some(text));
        }
    });
    let refusal = view.refusal.as_ref().filter(|&why| *why == Refusal::NoCode);
    let code = view.code.as_ref().map(|code| {
        html! {
            <LinkCard
                testid="code"
                label="Code for the other page"
                copies="Copy code"
                link={code.to_string()}
            >
                <p>{ format!("Give seat {other} this code: shown, or sent by another way.") }</p>
            </LinkCard>
        }
    });
    let make = (me == Seat::One && code.is_none()).then(|| {
        html! {
            <button type="button" class="button small" data-testid="make-code" onclick={on_make}>
                { "Make a code" }
            </button>
        }
    });
    let takes = me == Seat::Two && code.is_none() || me == Seat::One && code.is_some();
    let take = takes.then(|| {
        html! {
            <input
                class="link-field"
                data-testid="their-code"
                type="text"
                autocomplete="off"
                aria-label={format!("Code of seat {other}")}
                placeholder={format!("Paste the code of seat {other}")}
                oninput={on_input}
            />
        }
    });
    let words = match me {
        Seat::One => {
            "Without a server you two can connect by hand: make a code, give it to the other, and paste theirs."
        }
        Seat::Two => {
            "Without a server you two can connect by hand: seat 1 makes a code for you to paste here."
        }
    };
    Some(html! {
        <section data-testid="by-hand">
            <h3>{ "By hand" }</h3>
            <p>{ words }</p>
            <p>{ "Each code carries its browser’s network addresses, for the other alone to read." }</p>
            { code }
            { make }
            { take }
            if let Some(refusal) = refusal {
                <p role="alert">{ wording::refusal(refusal) }</p>
            }
        </section>
    })
}
