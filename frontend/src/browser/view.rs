//! What is in view: scrolling the talk and putting the cursor into a field.

use web_sys::{Element, HtmlElement};

/// How far from the end still counts as being there.
const NEAR: i32 = 24;

/// Whether the talk's end is in view. The list is laid out from its end, so the end is where scrolling begins, and
/// what lies before has negative offsets.
#[must_use]
pub fn is_at_end(list: &Element) -> bool {
    list.scroll_top().abs() <= NEAR
}

/// Brings the talk's end into view.
pub fn scroll_to_end(list: &Element) {
    list.set_scroll_top(0);
}

/// Puts the cursor there.
pub fn focus(field: &HtmlElement) {
    field.focus().ok();
}

/// Whether putting the cursor somewhere unasked is a help: where a keyboard is likely. On a phone it would cover half
/// the page.
#[must_use]
pub fn welcomes_focus() -> bool {
    web_sys::window()
        .and_then(|window| {
            window
                .match_media("(hover: hover) and (pointer: fine)")
                .ok()
        })
        .flatten()
        .is_some_and(|query| query.matches())
}
