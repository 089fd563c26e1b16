//! The window's address, which is what is kept of a room in the history and in bookmarks.

use shared::RoomId;
use yew::{hook, use_effect_with};

use crate::address::Invitation;
use crate::browser::page;
use crate::state::View;

/// The window's address is the link that holds: an old one would open nothing.
#[hook]
pub(super) fn use_address(view: &View) {
    let link = view
        .person
        .as_ref()
        .and_then(|person| person.standing_link().copied());
    let invitation = match view.room {
        RoomId::Conversation(room) => link.map(|secret| Invitation { room, secret }),
        RoomId::Table => None,
    };
    use_effect_with(invitation, |invitation| {
        if let Some(invitation) = invitation {
            page::set_address(&invitation.path());
        }
    });
}
