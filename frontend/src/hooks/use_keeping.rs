//! What is kept over reloads, whenever it changes.

use std::rc::Rc;

use shared::RoomId;
use yew::{hook, use_effect_with};

use crate::address::Invitation;
use crate::browser::page;
use crate::state::View;
use crate::storage::Drawer;

/// Something to be done with the room's drawer.
type Keeping<'a> = &'a dyn Fn(&Drawer);

/// Keeps the draft, the outbox, the links, whose words were compared, and how far the talk is known.
#[hook]
pub(super) fn use_keeping(view: &View, drawer: impl Fn(Keeping<'_>) + Clone + 'static) {
    let restored = view.restored;
    {
        let drawer = drawer.clone();
        use_effect_with((restored, view.draft.clone()), move |(restored, draft)| {
            if *restored {
                drawer(&|drawer| drawer.set_draft(draft));
            }
        });
    }
    {
        let drawer = drawer.clone();
        use_effect_with(
            (restored, view.outbox.clone()),
            move |(restored, outbox)| {
                if *restored {
                    drawer(&|drawer| drawer.set_outbox(outbox));
                }
            },
        );
    }
    {
        let drawer = drawer.clone();
        let links = view.person.as_ref().map(|person| Rc::from(person.links()));
        use_effect_with(links, move |links: &Option<Rc<[_]>>| {
            if let Some(links) = links.as_ref().filter(|links| !links.is_empty()) {
                drawer(&|drawer| drawer.set_links(links));
            }
        });
    }
    {
        let drawer = drawer.clone();
        use_effect_with(view.verified, move |verified| {
            if let Some(keys) = *verified {
                drawer(&|drawer| drawer.set_verified(keys));
            }
        });
    }
    {
        let drawer = drawer.clone();
        use_effect_with(view.seen, move |seen| {
            if let Some(keys) = *seen {
                drawer(&|drawer| drawer.set_seen(keys));
            }
        });
    }
    {
        let drawer = drawer.clone();
        let willing = view.receipts.willing;
        use_effect_with((restored, willing), move |&(restored, willing)| {
            if restored {
                drawer(&|drawer| drawer.set_tells_reading(willing));
            }
        });
    }
    {
        let drawer = drawer.clone();
        use_effect_with((restored, view.alarm), move |&(restored, alarm)| {
            if restored {
                drawer(&|drawer| drawer.set_alarm(alarm));
            }
        });
    }
    // What an earlier visit knew is kept until this one knows as much.
    let known = view
        .bookmark()
        .filter(|_| view.known.is_none() && view.alarm.is_none());
    use_effect_with(known, move |known| {
        if let Some(known) = *known {
            drawer(&|drawer| drawer.set_known(known));
        }
    });
    use_address(view);
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
