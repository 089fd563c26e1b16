//! The pages that say why there is no talk here, and what can be done instead.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::browser::focus::HEADING;
use crate::browser::{page, view};
use crate::components::{brand, new_conversation};
use crate::storage::part::Part;
use crate::wording::NAME;

#[derive(PartialEq, Properties)]
struct PlainProps {
    testid: &'static str,
    heading: &'static str,
    /// The window's name, where no room gives it one.
    #[prop_or_default]
    title: Option<&'static str>,
    /// Read aloud after the heading.
    words: Html,
    /// What can be done.
    children: Html,
}

#[component]
fn Plain(props: &PlainProps) -> Html {
    let heading = use_node_ref();
    {
        // Whoever does not see the page is told of it by where the keyboard is.
        let heading = heading.clone();
        use_effect_with(props.testid, move |_| {
            if let Some(heading) = heading.cast::<HtmlElement>() {
                view::focus(&heading);
            }
        });
    }
    use_effect_with(props.title, |title| {
        if let Some(title) = title {
            page::set_title(&format!("{title} — {NAME}"));
        }
    });
    html! {
        <div class="frame">
            <header class="top">
                <div class="top-row">{ brand() }</div>
            </header>
            <main class="plain" data-testid={props.testid}>
                <h1 ref={heading} id={HEADING} tabindex="-1" aria-describedby="why">{ props.heading }</h1>
                <div id="why" class="why">{ props.words.clone() }</div>
                <div class="actions">{ props.children.clone() }</div>
            </main>
        </div>
    }
}

/// What is tried once more.
fn again(on_retry: &Callback<()>) -> Html {
    let onclick = on_retry.reform(|_: MouseEvent| ());
    html! { <button type="button" class="button quiet" {onclick}>{ "Try again" }</button> }
}

/// Both seats are taken. `on_ask`: the person sat here before, with another key.
pub(super) fn full(on_retry: &Callback<()>, on_ask: Option<Callback<()>>) -> Html {
    let on_ask = on_ask.map(|ask| ask.reform(|_: MouseEvent| ()));
    let words = html! {
        <>
            <p>{ "Two people sit here already, and there is no third seat." }</p>
            <p>{ "You can have a conversation of your own: open one and send its link to one other person." }</p>
        </>
    };
    html! {
        <Plain testid="room-full" heading="Both seats are taken" {words}>
            { new_conversation(true) }
            if let Some(onclick) = on_ask {
                <button type="button" class="button" data-testid="ask-in" {onclick}>
                    { "I sat here before, on another device" }
                </button>
            }
            { again(on_retry) }
        </Plain>
    }
}

/// A link that was used or replaced.
pub(super) fn not_invited(on_retry: &Callback<()>) -> Html {
    let words = html! {
        <>
            <p>{ "A link lets one person in, once. This one was used already, or another was made in its place." }</p>
            <p>{ "Ask for a new link, or open a conversation of your own." }</p>
        </>
    };
    html! {
        <Plain testid="not-invited" heading="This link opens no seat" {words}>
            { new_conversation(true) }
            { again(on_retry) }
        </Plain>
    }
}

/// The invitation to one's own conversation, opened where one sits already.
pub(super) fn own_invitation(on_choose: &Callback<Part>) -> Html {
    let choose = |part| on_choose.reform(move |_: MouseEvent| part);
    let words = html! {
        <>
            <p>{ "This link is for the other person: whoever opens it in another browser takes seat 2." }</p>
            <p>
                { "To see how it is for them, try seat 2 in this tab. That uses the link up; once you have left seat 2 \
                   again, you can make a new one." }
            </p>
        </>
    };
    html! {
        <Plain testid="own-invitation" heading="You are already seat 1 here" {words}>
            <button
                type="button"
                class="button primary"
                data-testid="go-on-as-one"
                onclick={choose(Part::Own)}
            >
                { "Go on as seat 1" }
            </button>
            <button
                type="button"
                class="button"
                data-testid="try-seat-two"
                onclick={choose(Part::TryOut)}
            >
                { "Try seat 2 in this tab" }
            </button>
        </Plain>
    }
}

/// Somebody's request to be let in again, opened by somebody who does not sit there.
pub(super) fn not_yours() -> Html {
    let words = html! {
        <>
            <p>{ "Somebody asks to be let in again, and this link is for the person who sits across from them." }</p>
            <p>{ "If that is you, open it in the browser in which you sit, or paste it there under “Compare words”." }</p>
        </>
    };
    html! {
        <Plain testid="not-yours" heading="You do not sit here in this browser" {words}>
            { new_conversation(false) }
        </Plain>
    }
}

/// The server keeps no table.
pub(super) fn no_table() -> Html {
    let words = html! { <p>{ "Open a conversation and send its link to one other person. Whoever opens it first takes the second seat; nobody else gets in." }</p> };
    html! {
        <Plain testid="no-table" heading="Two people, two seats" {words}>
            { new_conversation(true) }
        </Plain>
    }
}

/// Both left, or nobody said anything for longer than the server keeps it.
pub(super) fn over() -> Html {
    let words = html! { <p>{ "Nothing of it is kept on the server, and its link opens no seat any more." }</p> };
    html! {
        <Plain testid="over" heading="This conversation is over" {words}>
            { new_conversation(true) }
        </Plain>
    }
}

/// The connection ended before there was anything to show.
pub(super) fn ended(words: &str, on_retry: &Callback<()>) -> Html {
    let words = html! { <p>{ words }</p> };
    html! { <Plain testid="ended" heading="Not connected" {words}>{ again(on_retry) }</Plain> }
}

/// A link without its secret, or with a room that cannot be.
pub fn link_lost() -> Html {
    let words = html! {
        <>
            <p>{ "A conversation’s link has a long secret behind the # sign. Here it is missing or broken, perhaps cut off while it was copied." }</p>
            <p>{ "Ask for the whole link again, or open a conversation of your own." }</p>
        </>
    };
    html! {
        <Plain testid="link-lost" title="Half a link" heading="Part of this link is missing" {words}>
            { new_conversation(true) }{ to_table() }
        </Plain>
    }
}

/// An address that leads nowhere.
pub fn not_found() -> Html {
    let words = html! { <p>{ "This address belongs to no conversation." }</p> };
    html! {
        <Plain testid="not-found" title="Not found" heading="There is nothing here" {words}>
            { to_table() }{ new_conversation(false) }
        </Plain>
    }
}

fn to_table() -> Html {
    html! { <a href="/" class="button">{ "Go to the table" }</a> }
}
