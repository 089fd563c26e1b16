//! What a page's person does about the floor, besides speaking and passing.

use frontend::state::Action;
use shared::{Change, ClientFrame, EntryId, Mode, Pace};

use super::{Hands, Page};

impl Page {
    /// Whatever there is to do: a suggestion is answered or taken back, a turn asked for or taken, a change suggested.
    /// `number` is random.
    pub(crate) fn tend_floor(&mut self, hands: &mut Hands<'_>, number: u8) {
        let [mine, theirs] = self.view.proposals();
        let turn = self.view.may_claim();
        if let Some(turn) = turn.filter(|_| number < 128) {
            self.give(hands, |person| person.claim(turn));
        } else if let Some(proposal) = theirs.map(|theirs| theirs.seq) {
            match number % 4 {
                0 => self.give(hands, |person| person.decline(proposal)),
                _ => self.give(hands, |person| person.accept(proposal)),
            }
        } else if let Some(proposal) = mine.map(|mine| mine.seq) {
            if number.is_multiple_of(4) {
                self.give(hands, |person| person.withdraw(proposal));
            }
        } else if let Some(turn) = self.view.may_ask().filter(|_| number.is_multiple_of(3)) {
            if self.send(hands, ClientFrame::Ask { turn }) {
                self.act(Action::Asked(turn));
            }
        } else if self.view.may_propose() {
            let mode = match self.view.mode() {
                Mode::Strict => Mode::Free,
                Mode::Free => Mode::Strict,
            };
            let change = match number % 3 {
                0 => Change::Pace(Pace::ALL[usize::from(number / 3) % 4]),
                _ => Change::Mode(mode),
            };
            self.give(hands, |person| person.propose(change));
        }
        self.settle(hands);
    }

    /// The person writes this and sends it off, and the turn is to go on. Answers its name, if it is on its way.
    pub(crate) fn say_more(&mut self, hands: &mut Hands<'_>, text: &str) -> Option<EntryId> {
        self.send_off(hands, text, true)
    }

    /// The page is closed or loaded anew, and has time to say so.
    pub(crate) fn bye(&mut self, hands: &mut Hands<'_>) {
        self.send(hands, ClientFrame::Bye {});
    }
}
