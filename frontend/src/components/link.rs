//! A link to hand on: as text, by the clipboard, the share sheet or a QR code.

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::address;
use crate::browser::{page, share};
use crate::qr;
use crate::wording::NAME;

#[derive(PartialEq, Properties)]
pub struct LinkProps {
    /// What tests know the field by.
    pub testid: &'static str,
    /// What it leads to, for those who hear it.
    pub label: &'static str,
    /// The link.
    pub link: String,
    /// What copying it is called.
    #[prop_or("Copy link")]
    pub copies: &'static str,
    /// What stands above it.
    pub children: Html,
}

/// The link with what stands above it, and its code beside.
#[component]
pub fn LinkCard(props: &LinkProps) -> Html {
    let link = props.link.clone();
    let field = use_node_ref();
    // Another link was not copied yet.
    let copied = use_state(|| None::<(String, bool)>);
    let on_copy = {
        let (field, copied, link) = (field.clone(), copied.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(field) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let (copied, link) = (copied.clone(), link.clone());
            spawn_local(async move { copied.set(Some((link, share::copy(&field).await))) });
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
    let done = copied
        .as_ref()
        .filter(|(of, _)| *of == link)
        .map(|(_, done)| *done);
    html! {
        <section class="invite">
            <div class="invite-words">
                { props.children.clone() }
                <label class="sr-only" for={props.testid}>{ props.label }</label>
                <input
                    ref={field}
                    id={props.testid}
                    class="link-field"
                    data-testid={props.testid}
                    type="text"
                    readonly=true
                    value={link.clone()}
                    onfocus={on_focus}
                />
                <div class="actions">
                    <button type="button" class="button primary" onclick={on_copy}>{ props.copies }</button>
                    if share::can_share() {
                        <button type="button" class="button" onclick={on_share}>{ "Share…" }</button>
                    }
                    <span class="feedback" role="status">{ feedback(done) }</span>
                </div>
                if props.link.contains("://") {
                    { local_hint() }
                }
            </div>
            { code(&link) }
        </section>
    }
}

/// A name of this computer's own leads nowhere from elsewhere.
pub(super) fn local_hint() -> Html {
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
