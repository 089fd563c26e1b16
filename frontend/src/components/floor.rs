//! How the floor is shared: the sign in the head, what opens behind it, and what waits for an answer.

use shared::{Change, Mode, Pace};
use yew::prelude::*;

use super::wish_button::{Means, offered, wish_button};
use crate::hooks::Wish;
use crate::state::View;
use crate::wording;

/// What opens behind the sign, by its name in the document.
const MENU: &str = "mode-menu";

/// The sign in the head of the room, and behind it what can be suggested to the other.
pub fn mode(view: &View, on_wish: &Callback<Wish>) -> Html {
    let mode = view.mode();
    let Some(seating) = view.seating else {
        return html! { <span class="chip" data-testid="mode">{ wording::mode(mode) }</span> };
    };
    let pace = seating.floor.pace;
    let may = view.may_propose();
    let suggest = |change: Change, words: &'static str| {
        let testid = match change {
            Change::Mode(_) => "propose-mode",
            Change::Store(_) => "propose-store",
            Change::Pace(Pace::Live) => "propose-live",
            Change::Pace(Pace::Relaxed) => "propose-relaxed",
            Change::Pace(Pace::Correspondence) => "propose-correspondence",
            Change::Pace(Pace::Letters) => "propose-letters",
        };
        let (wish, hides) = (Wish::Propose(change), Some(MENU));
        let means = Means {
            testid,
            words,
            wish,
            may,
            hides,
        };
        wish_button(means, on_wish)
    };
    let other = match mode {
        Mode::Strict => suggest(Change::Mode(Mode::Free), "Suggest talking freely"),
        Mode::Free => suggest(Change::Mode(Mode::Strict), "Suggest taking turns"),
    };
    let paces = Pace::ALL.into_iter().filter(|other| *other != pace);
    html! {
        <>
            <button type="button" class="chip" data-testid="mode" popovertarget={MENU}>
                { wording::mode(mode) }
            </button>
            <div id={MENU} class="people" popover="auto">
                <div class="people-parts">
                    <section>
                        <h2>{ wording::mode(mode) }</h2>
                        <p>{ wording::about(mode) }</p>
                        { other }
                    </section>
                    <section>
                        <h3>{ "When somebody is away in their turn" }</h3>
                        <p>{ format!("The other may take it {}. You can suggest another time:", wording::pace(pace)) }</p>
                        <div class="actions">
                            { for paces.map(|pace| suggest(Change::Pace(pace), wording::time(pace))) }
                        </div>
                        if !may {
                            <p>{ "You can suggest something once somebody sits across and has answered what you suggested before." }</p>
                        }
                    </section>
                </div>
            </div>
        </>
    }
}

/// What waits for an answer: a suggestion of either side, and a turn that can be taken.
pub fn offers(view: &View, on_wish: &Callback<Wish>) -> Html {
    let Some(other) = view.my_seat().map(shared::Seat::other) else {
        return Html::default();
    };
    let button = |testid, words, wish| offered(testid, words, wish, on_wish);
    let offer = |testid, words: String, buttons: Vec<Html>| {
        html! {
            <div key={testid} class="offer" role="status" data-testid={testid}>
                <p>{ words }</p>
                <div class="actions">{ for buttons }</div>
            </div>
        }
    };
    let [mine, theirs] = view.proposals();
    let mine = mine.map(|proposal| {
        let words = format!(
            "You suggested {}. Seat {other} has not answered yet.",
            wording::suggestion(proposal.change)
        );
        let back = button("withdraw", "Take it back", Wish::Withdraw(proposal.seq));
        offer("suggested", words, vec![back])
    });
    let theirs = theirs.map(|proposal| {
        let words = format!(
            "Seat {other} suggests {}.",
            wording::suggestion(proposal.change)
        );
        let yes = button("accept", "Agree", Wish::Accept(proposal.seq));
        let no = button("decline", "Rather not", Wish::Decline(proposal.seq));
        offer("suggestion", words, vec![yes, no])
    });
    let claim = view.may_claim().map(|turn| {
        let words = format!("Seat {other} is away. You can wait, or take the turn.");
        let take = button("claim", "Take the turn", Wish::Claim(turn));
        offer("claimable", words, vec![take])
    });
    [theirs, mine, claim].into_iter().flatten().collect()
}
