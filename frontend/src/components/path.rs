//! By which paths the two talk: the sign in the head, what opens behind it, and what is asked and told of them.

use shared::{Change, Store};
use yew::prelude::*;

use super::by_hand::by_hand;
use super::icons;
use crate::hooks::Wish;
use crate::state::View;
use crate::wording;

/// What opens behind the sign, by its name in the document.
const MENU: &str = "path-menu";

/// The sign in the head of the room, and behind it how each path is.
pub fn path(view: &View, on_wish: &Callback<Wish>, on_code: &Callback<Option<String>>) -> Html {
    let (name, words) = wording::path(view);
    let icon = match name {
        "none" => icons::broken(),
        _ => icons::linked(),
    };
    let direct_only = view.direct_only().is_some();
    let allow = view.allows.filter(|_| !direct_only).map(|allows| {
        let (testid, words) = if allows {
            ("forbid-direct", "Use the server only")
        } else {
            ("allow-direct", "Allow a direct path")
        };
        let on_click = on_wish.reform(move |_: MouseEvent| Wish::Allow(!allows));
        html! {
            <button
                type="button"
                class="button small"
                data-testid={testid}
                popovertarget={MENU}
                popovertargetaction="hide"
                onclick={on_click}
            >
                { words }
            </button>
        }
    });
    html! {
        <>
            <button type="button" class="chip" data-testid="path" data-path={name} popovertarget={MENU}>
                { icon }{ words }
            </button>
            <div id={MENU} class="people" popover="auto" data-testid="path-details">
                <div class="people-parts">
                    <section>
                        <h2>{ "How your words travel" }</h2>
                        <p>{ wording::server_way(view) }</p>
                        <p>{ wording::direct_way(view) }</p>
                        { allow }
                    </section>
                    { by_hand(view, on_code) }
                    { store(view, on_wish) }
                </div>
            </div>
        </>
    }
}

/// Where what is said is kept, and how that is changed.
fn store(view: &View, on_wish: &Callback<Wish>) -> Html {
    let kept = view.record().map(|record| record.floor().direct_only);
    let Some(direct_only) = kept.filter(|_| view.keys().is_some()) else {
        return Html::default();
    };
    // Nothing can be agreed on then, and there is something else to be done.
    if view.is_cut_off() && direct_only.is_none() {
        return Html::default();
    }
    let (words, button) = if direct_only.is_some() {
        (
            wording::KEPT_BY_PAGES,
            store_again(view, on_wish, Some(MENU)),
        )
    } else {
        let on_click = on_wish.reform(|_: MouseEvent| Wish::Propose(Change::Store(Store::Pages)));
        let button = html! {
            <button
                type="button"
                class="button small"
                data-testid="propose-store"
                disabled={!view.may_propose()}
                popovertarget={MENU}
                popovertargetaction="hide"
                onclick={on_click}
            >
                { "Suggest direct only" }
            </button>
        };
        (wording::KEPT_BY_SERVER, button)
    };
    html! {
        <section>
            <h3>{ "Where it is kept" }</h3>
            <p>{ words }</p>
            { button }
        </section>
    }
}

/// The button that has the server store again. `hides`: what it closes.
fn store_again(view: &View, on_wish: &Callback<Wish>, hides: Option<&'static str>) -> Html {
    let testid = hides.map_or("server-back", |_| "store-again");
    let on_click = on_wish.reform(|_: MouseEvent| Wish::Server);
    html! {
        <button
            type="button"
            class="button small"
            data-testid={testid}
            disabled={view.wants_server.is_some()}
            popovertarget={hides}
            popovertargetaction={hides.map(|_| "hide")}
            onclick={on_click}
        >
            { "Have the server store again" }
        </button>
    }
}

/// What is asked of the person once, and what they are to know while the server is away.
pub fn path_offers(view: &View, on_wish: &Callback<Wish>) -> Html {
    let asks = view.asks_for_direct().then(|| {
        let button = |testid, words, allow| {
            let on_click = on_wish.reform(move |_: MouseEvent| Wish::Allow(allow));
            html! {
                <button type="button" class="button small" data-testid={testid} onclick={on_click}>{ words }</button>
            }
        };
        html! {
            <div key="direct" class="offer" role="status" data-testid="direct-question">
                <p>{ wording::direct_question(view) }</p>
                <div class="actions">
                    { button("allow-direct", "Allow", true) }
                    { button("not-direct", "Not here", false) }
                </div>
            </div>
        }
    });
    let unsaved = wording::unsaved(view).map(|words| {
        html! {
            <div key="unsaved" class="offer" role="status" data-testid="unsaved">
                <p>{ words }</p>
                if view.direct_only().is_some() {
                    <div class="actions">{ store_again(view, on_wish, None) }</div>
                }
            </div>
        }
    });
    [unsaved, asks].into_iter().flatten().collect()
}
