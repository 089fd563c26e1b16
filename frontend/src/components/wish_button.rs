//! A small button for something that the person may want.

use yew::prelude::*;

use crate::hooks::Wish;

/// What tells one of these buttons from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means {
    /// The name tests know it by.
    pub(super) testid: &'static str,
    /// What it says.
    pub(super) words: &'static str,
    /// What it stands for.
    pub(super) wish: Wish,
    /// Whether that can be had now.
    pub(super) may: bool,
    /// The menu that it closes, by its name in the document.
    pub(super) hides: Option<&'static str>,
}

/// The button.
pub(super) fn wish_button(means: Means, on_wish: &Callback<Wish>) -> Html {
    let Means {
        testid,
        words,
        wish,
        may,
        hides,
    } = means;
    let on_click = on_wish.reform(move |_: MouseEvent| wish);
    html! {
        <button
            type="button"
            class="button small"
            data-testid={testid}
            disabled={!may}
            popovertarget={hides}
            popovertargetaction={hides.map(|_| "hide")}
            onclick={on_click}
        >
            { words }
        </button>
    }
}

/// One among those that answer what is offered.
pub(super) fn offered(
    testid: &'static str,
    words: &'static str,
    wish: Wish,
    on_wish: &Callback<Wish>,
) -> Html {
    let (may, hides) = (true, None);
    let means = Means {
        testid,
        words,
        wish,
        may,
        hides,
    };
    wish_button(means, on_wish)
}
