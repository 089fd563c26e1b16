//! The pages that say why there is no talk here, and what can be done instead.

use web_sys::HtmlElement;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::address::Route;
use crate::browser::focus::HEADING;
use crate::browser::{page, view};
use crate::components::{Brand, NewConversation};
use crate::wording::NAME;

#[derive(PartialEq, Properties)]
struct PlainProps {
    testid: &'static str,
    heading: &'static str,
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
        use_effect_with((), move |()| {
            if let Some(heading) = heading.cast::<HtmlElement>() {
                view::focus(&heading);
            }
        });
    }
    html! {
        <div class="frame">
            <header class="top">
                <div class="top-row"><Brand /></div>
            </header>
            <main class="plain" data-testid={props.testid}>
                <h1 ref={heading} id={HEADING} tabindex="-1" aria-describedby="why">{ props.heading }</h1>
                <div id="why" class="why">{ props.words.clone() }</div>
                <div class="actions">{ props.children.clone() }</div>
            </main>
        </div>
    }
}

/// For a page without a room: the window is named after what it says.
#[hook]
fn use_title(title: &'static str) {
    use_effect_with(title, |title| page::set_title(&format!("{title} — {NAME}")));
}

#[derive(PartialEq, Properties)]
pub struct RetryProps {
    /// The person wants another try.
    pub on_retry: Callback<()>,
}

#[derive(PartialEq, Properties)]
pub struct FullProps {
    /// The person wants another try.
    pub on_retry: Callback<()>,
    /// The person sat here before, with another key.
    #[prop_or_default]
    pub on_ask: Option<Callback<()>>,
}

/// Both seats are taken.
#[component]
pub fn Full(props: &FullProps) -> Html {
    let on_ask = props
        .on_ask
        .as_ref()
        .map(|ask| ask.reform(|_: MouseEvent| ()));
    let on_retry = props.on_retry.reform(|_: MouseEvent| ());
    let words = html! {
        <>
            <p>{ "Two people sit here already, and there is no third seat." }</p>
            <p>{ "You can have a conversation of your own: open one and send its link to one other person." }</p>
        </>
    };
    html! {
        <Plain testid="room-full" heading="Both seats are taken" {words}>
            <NewConversation prominent=true />
            if let Some(onclick) = on_ask {
                <button type="button" class="button" data-testid="ask-in" {onclick}>
                    { "I sat here before, on another device" }
                </button>
            }
            <button type="button" class="button quiet" onclick={on_retry}>{ "Try again" }</button>
        </Plain>
    }
}

/// A link that was used or replaced.
#[component]
pub fn NotInvited(props: &RetryProps) -> Html {
    let on_retry = props.on_retry.reform(|_: MouseEvent| ());
    let words = html! {
        <>
            <p>{ "A link lets one person in, once. This one was used already, or another was made in its place." }</p>
            <p>{ "Ask for a new link, or open a conversation of your own." }</p>
        </>
    };
    html! {
        <Plain testid="not-invited" heading="This link opens no seat" {words}>
            <NewConversation prominent=true />
            <button type="button" class="button quiet" onclick={on_retry}>{ "Try again" }</button>
        </Plain>
    }
}

/// The server keeps no table.
#[component]
pub fn NoTable() -> Html {
    let words = html! { <p>{ "Open a conversation and send its link to one other person. Whoever opens it first takes the second seat; nobody else gets in." }</p> };
    html! {
        <Plain testid="no-table" heading="Two people, two seats" {words}>
            <NewConversation prominent=true />
        </Plain>
    }
}

#[derive(PartialEq, Properties)]
pub struct EndedProps {
    /// What happened.
    pub words: String,
    /// The person wants another try.
    pub on_retry: Callback<()>,
}

/// The connection ended before there was anything to show.
#[component]
pub fn Ended(props: &EndedProps) -> Html {
    let on_retry = props.on_retry.reform(|_: MouseEvent| ());
    let words = html! { <p>{ &props.words }</p> };
    html! {
        <Plain testid="ended" heading="Not connected" {words}>
            <button type="button" class="button" onclick={on_retry}>{ "Try again" }</button>
        </Plain>
    }
}

/// A link without its secret, or with a room that cannot be.
#[component]
pub fn LinkLost() -> Html {
    use_title("Half a link");
    let words = html! {
        <>
            <p>{ "A conversation’s link has a long secret behind the # sign. Here it is missing or broken, perhaps cut off while it was copied." }</p>
            <p>{ "Ask for the whole link again, or open a conversation of your own." }</p>
        </>
    };
    html! {
        <Plain testid="link-lost" heading="Part of this link is missing" {words}>
            <NewConversation prominent=true /><ToTable />
        </Plain>
    }
}

/// An address that leads nowhere.
#[component]
pub fn NotFound() -> Html {
    use_title("Not found");
    let words = html! { <p>{ "This address belongs to no conversation." }</p> };
    html! {
        <Plain testid="not-found" heading="There is nothing here" {words}>
            <ToTable /><NewConversation />
        </Plain>
    }
}

#[component]
fn ToTable() -> Html {
    html! { <Link<Route> to={Route::Table} classes="button">{ "Go to the table" }</Link<Route>> }
}
