//! What one tab of a conversation is told by another: how secrets and the outbox are written down for that, and what
//! a tab makes of it.

use std::rc::Rc;

use serde::{Serialize as _, Serializer};
use serde_json::Value;
use shared::{EntryId, LinkSecret, Person};
use yew::Reducible as _;

use super::{Action, Alarm, Kept, Outbox, View, What};
use crate::json::{FromJson, item, objects, of, variant};
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
pub(super) fn link<S: Serializer>(link: &LinkSecret, to: S) -> Result<S::Ok, S::Error> {
    link.to_fragment().serialize(to)
}

/// Several.
pub(super) fn links<S: Serializer>(links: &[LinkSecret], to: S) -> Result<S::Ok, S::Error> {
    let links: Vec<_> = links.iter().map(|link| link.to_fragment()).collect();
    links.serialize(to)
}

/// The outbox, as it is kept.
pub(super) fn outbox<S: Serializer>(outbox: &Outbox, to: S) -> Result<S::Ok, S::Error> {
    outbox.to_text().serialize(to)
}

impl FromJson for LinkSecret {
    fn from_json(json: &Value) -> Option<Self> {
        Self::from_fragment(json.as_str()?).ok()
    }
}

impl FromJson for Outbox {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(Self::from_text)
    }
}

objects! {
    Alarm { fault, at }
    Kept {
        draft,
        outbox,
        known,
        verified,
        links,
        seen,
        alarm,
        tells_reading,
        heard,
        log,
        saved,
        wants_server,
        lost,
        allows
    }
}

impl FromJson for Action {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, it) = variant(json)?;
        Some(match name {
            "Frame" => Self::Frame(item(it, 0)?, item(it, 1)?),
            "Path" => Self::Path(item(it, 0)?, item(it, 1)?),
            "Code" => Self::Code(FromJson::from_json(it)?),
            "Ways" => Self::Ways(FromJson::from_json(it)?),
            "Ahead" => Self::Ahead(item(it, 0)?, item(it, 1)?),
            "Saved" => Self::Saved(FromJson::from_json(it)?),
            "WantServer" => Self::WantServer,
            "Yield" => Self::Yield(item(it, 0)?, item(it, 1)?),
            "Doubt" => Self::Doubt(item(it, 0)?, item(it, 1)?),
            "Tick" => Self::Tick(FromJson::from_json(it)?),
            "Reread" => Self::Reread(FromJson::from_json(it)?),
            "Adopt" => Self::Adopt(FromJson::from_json(it)?),
            "Write" => Self::Write(FromJson::from_json(it)?),
            "Send" => of!(it, Self::Send { id, at, more }),
            "Sealed" => Self::Sealed(item(it, 0)?, item(it, 1)?),
            "Sent" => Self::Sent(item(it, 0)?, item(it, 1)?),
            "Settled" => Self::Settled(FromJson::from_json(it)?),
            "TakeBack" => Self::TakeBack(FromJson::from_json(it)?),
            "QueueAgain" => of!(it, Self::QueueAgain { id, at }),
            "Asked" => Self::Asked(FromJson::from_json(it)?),
            "Told" => Self::Told(item(it, 0)?, item(it, 1)?),
            "Read" => Self::Read(FromJson::from_json(it)?),
            "TellReading" => Self::TellReading(FromJson::from_json(it)?),
            "Allow" => Self::Allow(FromJson::from_json(it)?),
            "Unkept" => Self::Unkept(FromJson::from_json(it)?),
            "NewLink" => Self::NewLink(FromJson::from_json(it)?),
            "Verify" => Self::Verify(FromJson::from_json(it)?),
            "Afresh" => Self::Afresh,
            _ => return None,
        })
    }
}
