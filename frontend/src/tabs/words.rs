//! What the tabs of one conversation tell each other.

use serde::Serialize;
use serde_json::Value;
use shared::ServerFrame;

use super::{Name, Story};
use crate::json::{self, FromJson, of, variant};
use crate::state::Action;

/// What the tabs tell each other.
#[expect(
    clippy::large_enum_variant,
    reason = "it is made, written down and dropped"
)]
#[derive(Clone, Debug, Serialize)]
pub enum Word {
    /// A tab asks to be told all there is.
    Join(Name),
    /// The leader-to-be has heard that, and will speak.
    Soon(Name),
    /// A tab leads from now on; what others led before is over.
    Lead(Name),
    /// All there is, for one tab.
    All {
        /// For which.
        tab: Name,
        /// In whose time.
        term: Name,
        /// How it came about.
        story: Story,
    },
    /// What has just happened.
    News {
        /// In whose time.
        term: Name,
        /// The tab in which the person did it, if it is not the leader.
        by: Option<Name>,
        /// In order.
        actions: Vec<Action>,
    },
    /// The person did something in a mirroring tab.
    Want {
        /// Which.
        tab: Name,
        /// Its number there.
        number: u32,
        /// What.
        want: Want,
    },
    /// What a tab wanted is done, up to this number.
    Heard {
        /// Which tab.
        tab: Name,
        /// The last number.
        number: u32,
    },
}

/// What a mirroring tab wants of the leader.
#[derive(Clone, Debug, Serialize)]
pub enum Want {
    /// Actions of the person's, to be taken together.
    Act(Vec<Action>),
    /// A frame that was signed there.
    Give(Box<shared::Word>),
    /// A path to the other page whose signals people carry: made here, or taken from the other.
    ByHand(Option<String>),
    /// To be connected again.
    Retry,
    /// A sign of life; whether somebody looks at the page that asks for it.
    Knock(bool),
    /// The same, and a look at the path: somebody looks at the page.
    Look,
}

impl FromJson for Word {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "Join" => Self::Join(FromJson::from_json(content)?),
            "Soon" => Self::Soon(FromJson::from_json(content)?),
            "Lead" => Self::Lead(FromJson::from_json(content)?),
            "All" => of!(content, Self::All { tab, term, story }),
            "News" => of!(content, Self::News { term, by, actions }),
            "Want" => of!(content, Self::Want { tab, number, want }),
            "Heard" => of!(content, Self::Heard { tab, number }),
            _ => return None,
        })
    }
}

impl FromJson for Want {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "Act" => Self::Act(FromJson::from_json(content)?),
            "Give" => Self::Give(Box::new(FromJson::from_json(content)?)),
            "ByHand" => Self::ByHand(FromJson::from_json(content)?),
            "Retry" => Self::Retry,
            "Knock" => Self::Knock(FromJson::from_json(content)?),
            "Look" => Self::Look,
            _ => return None,
        })
    }
}

/// What words begin with. Change it to the next sign, up to `z`, with every change that another version of the page would
/// misread.
const FORMAT: char = '3';

/// What a tab hears.
#[expect(
    clippy::large_enum_variant,
    reason = "it is made, looked at and dropped"
)]
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    /// A word.
    Word(Word),
    /// Something from a later version of the page: this one is outdated.
    Later,
    /// Nothing for this tab. An earlier version of the page finds that out by itself.
    Nothing,
}

impl Word {
    /// The word as it goes.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::from(FORMAT);
        text += &json::write(self);
        text
    }
}

impl Heard {
    /// What came.
    pub(crate) fn read(text: &str) -> Self {
        let mut signs = text.chars();
        match signs.next() {
            Some(FORMAT) => json::read(signs.as_str()).map_or(Self::Nothing, Self::Word),
            Some(later) if later > FORMAT && later <= 'z' => Self::Later,
            _ => Self::Nothing,
        }
    }
}

/// Whether an action is the same in every tab. Time passes in each of its own, and a refusal is about what was just
/// tried there.
pub(crate) fn is_shared(action: &Action) -> bool {
    !matches!(
        action,
        Action::Tick(_)
            | Action::Refuse(_)
            | Action::Restored(..)
            | Action::Mirrored(_)
            | Action::Frame(
                ServerFrame::Challenge { .. }
                    | ServerFrame::Draining {}
                    | ServerFrame::Signal { .. }
                    | ServerFrame::Ice { .. }
                    | ServerFrame::Pong {},
                _
            )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_another_version_is_not_misread() {
        let text = Word::Join(7).to_text();
        let word = &text[1..];
        let of = |format: &str| Heard::read(&format!("{format}{word}"));
        assert!(matches!(of("3"), Heard::Word(Word::Join(7))));
        for later in ["4", "9", "A", "z"] {
            assert!(matches!(of(later), Heard::Later), "{later}");
        }
        for foreign in [word, "", "3", "3{", "2{}", "\"Join\"", "é"] {
            assert!(matches!(Heard::read(foreign), Heard::Nothing), "{foreign}");
        }
    }
}
