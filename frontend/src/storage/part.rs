//! Which of its persons in a conversation this tab is: the browser's own, or the one that tries seat 2, and whether it
//! asks to be let in. The tab remembers it over reloads.

use shared::RoomId;
use web_sys::Storage;

const OWN: &str = "own";
const TRY_OUT: &str = "try-out";

/// One of the two persons that a browser may be in a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Whoever sits here in this browser.
    #[default]
    Own,
    /// The same person, in seat 2 of their own conversation, to see how it is there.
    TryOut,
}

impl Part {
    /// What stands in the names of what is kept.
    pub(super) fn infix(self) -> &'static str {
        match self {
            Self::Own => "",
            Self::TryOut => ".try-out",
        }
    }
}

/// Which one this tab is, once that is settled.
#[must_use]
pub fn settled(room: RoomId) -> Option<Part> {
    let text = get(&name(room, "part"))?;
    match text.as_str() {
        OWN => Some(Part::Own),
        TRY_OUT => Some(Part::TryOut),
        _ => None,
    }
}

/// Settles it.
pub fn settle(room: RoomId, part: Part) {
    let text = match part {
        Part::Own => OWN,
        Part::TryOut => TRY_OUT,
    };
    // A tab that remembers nothing is its browser's own person, and may ask again.
    set(&name(room, "part"), text);
}

/// Whether this tab asks to be let in.
#[must_use]
pub fn asks_in(room: RoomId) -> bool {
    get(&name(room, "asks")).is_some()
}

/// From now on it does.
pub fn ask_in(room: RoomId) {
    set(&name(room, "asks"), "yes");
}

fn get(name: &str) -> Option<String> {
    tab()?.get_item(name).ok()?
}

fn set(name: &str, text: &str) {
    if let Some(tab) = tab() {
        tab.set_item(name, text).ok();
    }
}

fn tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn name(room: RoomId, what: &str) -> String {
    format!("duologue.{room}.{what}")
}
