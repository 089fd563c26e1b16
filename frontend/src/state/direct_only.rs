//! What the two keep to themselves: from which entry on, how the server is had back, and what must not reach it unasked.

use std::rc::Rc;
use std::time::Duration;

use shared::{Change, Seq, Store, Timestamp};

use super::View;

/// The pause before the server is asked again that could not take it.
const AGAIN: Duration = Duration::from_secs(1);

impl View {
    /// While the two keep what they say to themselves: the last entry that is for the server.
    #[must_use]
    pub fn direct_only(&self) -> Option<Seq> {
        self.agreed_direct_only()
            .filter(|_| self.wants_server.is_none())
    }

    fn agreed_direct_only(&self) -> Option<Seq> {
        self.record()?.floor().direct_only
    }

    /// Whether the person has yet to allow the direct path that this cannot do without.
    #[must_use]
    pub fn takes_direct_path(&self, change: Change) -> bool {
        change == Change::Store(Store::Pages) && !self.allows_direct()
    }

    /// What is to be proposed since the person wants the server back, after which entry, and since when.
    #[must_use]
    pub fn back_due(&self) -> Option<(Change, Seq, Timestamp)> {
        let since = self.wants_server.filter(|&since| since <= self.now)?;
        let known = self.bookmark().filter(|_| self.is_current())?;
        Some((Change::Store(Store::Server), known.seq, since))
    }

    /// The person wants the server to store again, with what they have written and not said yet.
    pub(super) fn want_server(&mut self) {
        if self.direct_only().is_some() {
            self.wants_server = Some(self.now);
            Rc::make_mut(&mut self.outbox).let_all_be_stored();
        }
    }

    /// What was asked for was refused; if that was this, it is asked for again.
    pub(super) fn want_again(&mut self) {
        self.wants_server = self.wants_server.map(|_| self.now.after(AGAIN));
    }

    /// An entry has changed where things are kept: a wish about that is about what was before.
    pub(super) fn note_store(&mut self, before: Option<Seq>) {
        if before.is_some() != self.agreed_direct_only().is_some() {
            self.wants_server = None;
        }
    }

    /// The person wanted it before the page was loaded anew.
    pub(super) fn recall_wish(&mut self, wanted: bool) {
        let agreed = wanted && self.agreed_direct_only().is_some();
        self.wants_server = agreed.then_some(self.now);
    }

    /// What was written for the other alone does not go to the server by itself, however the page came back to it.
    pub(super) fn hold_alone(&mut self) {
        let stored = self.is_current() && self.agreed_direct_only().is_none();
        if stored && self.outbox.iter().any(|pending| pending.alone) {
            Rc::make_mut(&mut self.outbox).hold_alone();
        }
    }
}
