//! What is kept over reloads, whenever it changes.

use shared::RoomId;
use yew::{hook, use_effect, use_effect_with};

use crate::address::Invitation;
use crate::browser::page;
use crate::state::View;

/// Keeps the draft, the outbox, the links, whose words were compared, how far the talk was known and the other had come.
#[hook]
pub(super) fn use_keeping(view: &View, keep: impl Fn(&View) + 'static) {
    use_address(view);
    let view = view.clone();
    // The drawer knows what has changed.
    use_effect(move || keep(&view));
}

/// The window's address is the link that holds: an old one would open nothing.
#[hook]
fn use_address(view: &View) {
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
