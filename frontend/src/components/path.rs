//! By which paths the two talk: the sign in the head, what opens behind it, and what is asked and told of them.

use shared::{Change, Store};
use yew::prelude::*;

use super::by_hand::by_hand;
use super::icons;
use super::wish_button::{Means, offered, wish_button};
use crate::hooks::Wish;
use crate::state::View;
use crate::wording;

/// What opens behind the sign, by its name in the document.
const MENU: &str = "path-menu";
/// What has the server store again is called this wherever it stands.
const STORE_AGAIN: &str = "Have the server store again";

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
        in_menu(testid, words, Wish::Allow(!allows), true, on_wish)
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

/// A button behind the sign, which is closed then.
fn in_menu(
    testid: &'static str,
    words: &'static str,
    wish: Wish,
    may: bool,
    on_wish: &Callback<Wish>,
) -> Html {
    let hides = Some(MENU);
    let means = Means {
        testid,
        words,
        wish,
        may,
        hides,
    };
    wish_button(means, on_wish)
}

/// Where what is said is kept, and how that is changed.
fn store(view: &View, on_wish: &Callback<Wish>) -> Html {
    let store = view.record().map(|record| record.floor().store());
    // Nothing can be agreed on by two who are cut off, and there is something else to be done.
    let (words, button) = match store.filter(|_| view.keys().is_some()) {
        Some(Store::Pages) => {
            let again = in_menu(
                "store-again",
                STORE_AGAIN,
                Wish::Server,
                may_want(view),
                on_wish,
            );
            (wording::KEPT_BY_PAGES, again)
        }
        Some(Store::Server) if !view.is_cut_off() => {
            let wish = Wish::Propose(Change::Store(Store::Pages));
            let may = view.may_propose();
            let suggest = in_menu("propose-store", "Suggest direct only", wish, may, on_wish);
            (wording::KEPT_BY_SERVER, suggest)
        }
        _ => return Html::default(),
    };
    html! {
        <section>
            <h3>{ "Where it is kept" }</h3>
            <p>{ words }</p>
            { button }
        </section>
    }
}

/// Whether the person can have the server store again: not twice.
fn may_want(view: &View) -> bool {
    view.wants_server.is_none()
}

/// What is asked of the person once, and what they are to know while the server is away.
pub fn path_offers(view: &View, on_wish: &Callback<Wish>) -> Html {
    let asks = view.asks_for_direct().then(|| {
        let button = |testid, words, allow| offered(testid, words, Wish::Allow(allow), on_wish);
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
                    <div class="actions">{ offered("server-back", STORE_AGAIN, Wish::Server, on_wish) }</div>
                }
            </div>
        }
    });
    [unsaved, asks].into_iter().flatten().collect()
}
