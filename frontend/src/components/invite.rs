//! What is shown to whoever is alone: how the other gets here.

use shared::Seat;
use yew::prelude::*;

use super::link::local_hint;
use super::{LinkCard, badge};
use crate::address::Invitation;
use crate::browser::page;

/// Shown to whoever is alone in a conversation: the link to the free seat, or a way to get one when the last was used
/// and its guest has left.
pub fn invite(seat: Seat, link: Option<Invitation>, on_new_link: &Callback<()>) -> Html {
    let on_click = on_new_link.reform(|_: MouseEvent| ());
    match link {
        Some(link) => html! {
            <LinkCard
                key="alone"
                testid="invite-link"
                label="Link to this conversation"
                link={format!("{}{}", page::origin(), link.path())}
            >
                <h1>{ "Invite one person" }</h1>
                <p>{ format!("Send them this link. Whoever opens it first takes seat {seat}; nobody else gets in.") }</p>
            </LinkCard>
        },
        None => html! {
            <section key="alone" class="invite">
                <div class="invite-words">
                    <h1>{ format!("Seat {seat} is free") }</h1>
                    <p>
                        { "The old link opens nothing any more. With a new one you can invite one person; they see \
                           nothing of what was said before." }
                    </p>
                    <div class="actions">
                        <button type="button" class="button primary" data-testid="new-link" onclick={on_click}>
                            { "Make a new link" }
                        </button>
                    </div>
                </div>
            </section>
        },
    }
}

/// Shown to whoever is alone at the table: there the address is the invitation.
pub fn alone() -> Html {
    html! {
        <section key="alone" class="alone">
            <p class="pair">
                { badge(Seat::One, "here") }{ badge(Seat::Two, "vacant") }
            </p>
            <h1>{ "A table for two" }</h1>
            <p>{ "Whoever opens this page next sits down across from you. After that, nobody else gets in." }</p>
            <p class="address">{ page::origin() }</p>
            { local_hint() }
        </section>
    }
}
