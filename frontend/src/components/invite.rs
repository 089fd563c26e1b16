//! What is shown to whoever is alone: how the other gets here, by link, clipboard, share sheet or QR code.

use shared::Seat;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::Badge;
use crate::address::{self, Invitation};
use crate::browser::{page, share};
use crate::qr;
use crate::wording::NAME;

#[derive(PartialEq, Properties)]
pub struct InviteProps {
    /// The link's halves.
    pub link: Invitation,
}

/// Shown to whoever is alone in a conversation.
#[component]
pub fn Invite(props: &InviteProps) -> Html {
    let link = format!("{}{}", page::origin(), props.link.path());
    let field = use_node_ref();
    let copied = use_state(|| None::<bool>);
    let on_copy = {
        let (field, copied) = (field.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(field) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let copied = copied.clone();
            spawn_local(async move { copied.set(Some(share::copy(&field).await)) });
        })
    };
    let on_share = {
        let link = link.clone();
        Callback::from(move |_: MouseEvent| {
            let link = link.clone();
            spawn_local(async move { share::share(NAME, &link).await });
        })
    };
    let on_focus = Callback::from(|event: FocusEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            field.select();
        }
    });
    html! {
        <section class="invite" aria-labelledby="invite-heading">
            <div class="invite-words">
                <h1 id="invite-heading">{ "Invite one person" }</h1>
                <p>{ "Send them this link. Whoever opens it first takes seat 2; nobody else gets in." }</p>
                <label class="sr-only" for="invite-link">{ "Link to this conversation" }</label>
                <input
                    ref={field}
                    id="invite-link"
                    class="link-field"
                    data-testid="invite-link"
                    type="text"
                    readonly=true
                    value={link.clone()}
                    onfocus={on_focus}
                />
                <div class="actions">
                    <button type="button" class="button primary" onclick={on_copy}>{ "Copy link" }</button>
                    if share::can_share() {
                        <button type="button" class="button" onclick={on_share}>{ "Share…" }</button>
                    }
                    <span class="feedback" role="status">{ feedback(*copied) }</span>
                </div>
                { local_hint() }
            </div>
            { code(&link) }
        </section>
    }
}

/// Shown to whoever is alone at the table: there the address is the invitation.
#[component]
pub fn Alone() -> Html {
    html! {
        <section class="alone">
            <p class="pair">
                <Badge seat={Seat::One} /><Badge seat={Seat::Two} presence="vacant" />
            </p>
            <h1>{ "A table for two" }</h1>
            <p>{ "Whoever opens this page next sits down across from you. After that, nobody else gets in." }</p>
            <p class="address">{ page::origin() }</p>
            { local_hint() }
        </section>
    }
}

/// A name of this computer's own leads nowhere from elsewhere.
fn local_hint() -> Html {
    if address::is_local(&page::hostname()) {
        html! { <p class="hint">{ "This address works on this computer only." }</p> }
    } else {
        Html::default()
    }
}

fn feedback(copied: Option<bool>) -> &'static str {
    match copied {
        None => "",
        Some(true) => "Copied",
        Some(false) => "Selected — copy it with your keyboard",
    }
}

/// Dark on light whatever the page's colours are: many scanners read nothing else.
fn code(link: &str) -> Html {
    qr::draw(link).map_or_else(Html::default, |drawing| {
        let size = drawing.size;
        html! {
            <svg
                class="qr"
                viewBox={format!("0 0 {size} {size}")}
                role="img"
                aria-label="QR code of the link"
                shape-rendering="crispEdges"
            >
                <rect class="light" width={size.to_string()} height={size.to_string()} />
                <path class="dark" d={drawing.path} />
            </svg>
        }
    })
}
