//! The page's signs, drawn in the text's colour. Each stands beside words that say the same.

use yew::prelude::*;

fn icon(class: &'static str, path: &'static str) -> Html {
    html! {
        <svg class={classes!("icon", class)} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}

/// A filled speech bubble: speak.
pub(super) fn speak() -> Html {
    icon(
        "solid",
        "M3 2.5h10A1.5 1.5 0 0 1 14.5 4v6a1.5 1.5 0 0 1-1.5 1.5H8.5L4.5 15v-3.5H3A1.5 1.5 0 0 1 1.5 10V4A1.5 1.5 0 0 1 3 2.5z",
    )
}

/// An hourglass: wait.
pub(super) fn wait() -> Html {
    icon(
        "line",
        "M4 2h8M4 14h8M5 2v2.5C5 6 8 7 8 8s-3 2-3 3.5V14M11 2v2.5C11 6 8 7 8 8s3 2 3 3.5V14",
    )
}

/// A plus.
pub(super) fn plus() -> Html {
    icon("line", "M8 3.5v9M3.5 8h9")
}

/// A clock: waits to be sent.
pub(super) fn clock() -> Html {
    icon(
        "line",
        "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.200l2 1.300",
    )
}

/// One tick.
pub(super) fn tick() -> Html {
    icon("line", "M3.5 8.5l3 3l6-7")
}

/// Two ticks.
pub(super) fn ticks() -> Html {
    icon("line", "M1 8.500l3 3l6-7M8 11.500l6.500-7")
}

/// Two bars: held.
pub(super) fn pause() -> Html {
    icon("line", "M6 4v8M10 4v8")
}

/// Linked rings: the path is there.
pub(super) fn linked() -> Html {
    icon("line", "M2.5 8h11M10.5 5l3 3l-3 3M5.5 5l-3 3l3 3")
}

/// A broken path.
pub(super) fn broken() -> Html {
    icon("line", "M2.5 8h3M10.5 8h3M6.5 5l3 6")
}

/// A closed lock.
pub(super) fn lock() -> Html {
    icon(
        "line",
        "M4 7.5h8v6H4zM5.500 7.500V5.500a2.500 2.500 0 0 1 5 0v2",
    )
}

/// Down.
pub(super) fn down() -> Html {
    icon("line", "M8 3v10M4 9l4 4l4-4")
}
