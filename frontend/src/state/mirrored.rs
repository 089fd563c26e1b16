//! What one tab of a conversation is told by another: how secrets and the outbox are written down for that, and what
//! a tab makes of it.

use std::rc::Rc;

use shared::{EntryId, Person};
use yew::Reducible as _;

use super::{Action, Outbox, View, What};
use crate::tabs::Story;

impl View {
    /// What a story adds up to for this person, as another tab told it.
    #[must_use]
    pub fn retold(room: shared::RoomId, person: Person, story: &Story) -> Self {
        let told = Action::Restored(Box::new(person), story.kept.clone());
        let actions = [told].into_iter().chain(story.actions.iter().cloned());
        let blank = Rc::new(View::new(room, story.began));
        Rc::unwrap_or_clone(actions.fold(blank, View::reduce))
    }

    /// Whether a message of this name was written here, whatever became of it.
    #[must_use]
    pub fn has_message(&self, id: EntryId) -> bool {
        let mut lines = self.talk.lines().iter();
        self.outbox.get(id).is_some()
            || lines.any(|line| matches!(&line.what, What::Said(said) if said.id == id))
    }

    pub(super) fn adopt(&mut self, kept: &Outbox) {
        for pending in kept.iter() {
            if !self.has_message(pending.id) {
                Rc::make_mut(&mut self.outbox).push(pending.clone());
            }
        }
    }
}

/// A link, as in an address.
pub(super) mod link {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};
    use shared::LinkSecret;

    pub(in crate::state) fn serialize<S: Serializer>(
        link: &LinkSecret,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        link.to_fragment().serialize(to)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<LinkSecret, D::Error> {
        let text = String::deserialize(from)?;
        LinkSecret::from_fragment(&text).map_err(D::Error::custom)
    }
}

/// Several.
pub(super) mod links {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};
    use shared::LinkSecret;

    pub(in crate::state) fn serialize<S: Serializer>(
        links: &[LinkSecret],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let links: Vec<_> = links.iter().map(|link| link.to_fragment()).collect();
        links.serialize(to)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<LinkSecret>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        let link = |text: &String| LinkSecret::from_fragment(text).map_err(D::Error::custom);
        texts.iter().map(link).collect()
    }
}

/// The outbox, as it is kept.
pub(super) mod outbox {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::state::Outbox;

    pub(in crate::state) fn serialize<S: Serializer>(
        outbox: &Outbox,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        outbox.to_text().serialize(to)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Outbox, D::Error> {
        let text = String::deserialize(from)?;
        Ok(Outbox::from_text(&text))
    }
}
