//! Whose part this tab plays: asked once, where somebody opens the invitation to their own conversation.

use shared::{Presence, Seat};
use yew::{Callback, hook, use_callback, use_effect_with, use_state_eq};

use crate::browser::page;
use crate::state::View;
use crate::storage::part::{self, Part};

/// Answers how to choose, as long as the person is to choose. `by_link`: the tab was opened by the invitation;
/// `known`: this browser had a key to the room before.
#[hook]
pub(super) fn use_part(view: &View, by_link: bool, known: bool) -> Option<Callback<Part>> {
    let room = view.room;
    let asking = use_state_eq(|| false);
    let offers = by_link && known && offers_seat_two(view);
    {
        let asking = asking.setter();
        use_effect_with(view.is_current(), move |&current| {
            if current && part::settled(room).is_none() {
                if offers {
                    asking.set(true);
                } else {
                    part::settle(room, Part::Own);
                }
            }
        });
    }
    let choose = use_callback(asking.setter(), move |part, asking| {
        part::settle(room, part);
        match part {
            Part::Own => asking.set(false),
            // Another person sits down, who begins with nothing.
            Part::TryOut => page::reload(),
        }
    });
    asking.then_some(choose)
}

/// Whether I sit in seat 1 and seat 2 is free.
fn offers_seat_two(view: &View) -> bool {
    view.seating
        .is_some_and(|seating| seating.seat == Seat::One && seating.peer == Presence::Vacant {})
}
