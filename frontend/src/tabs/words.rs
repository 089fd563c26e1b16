//! What the tabs of one conversation tell each other.

use serde::{Deserialize, Serialize};
use shared::{ServerFrame, Timestamp};

use super::Name;
use crate::link::Path;
use crate::state::{Action, Kept};

/// What the tabs tell each other.
#[expect(
    clippy::large_enum_variant,
    reason = "it is made, written down and dropped"
)]
#[derive(Clone, Debug, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Want {
    /// Actions of the person's, to be taken together.
    Act(Vec<Action>),
    /// A frame that was signed there, written down: the leader need not understand it.
    Give(String),
    /// To be connected again.
    Retry,
    /// A sign of life; whether somebody looks at the page that asks for it.
    Knock(bool),
    /// The same, and a look at the path: somebody looks at the page.
    Look,
}

/// All that made the view what it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Story {
    /// What the browser had kept.
    pub kept: Kept,
    /// When it was read.
    pub began: Timestamp,
    /// What happened since.
    pub actions: Vec<Action>,
}

impl Story {
    /// Notes an action, unless it leaves no trace. Of drafts, and of tries to connect, that follow upon each other the last one counts.
    pub(crate) fn note(&mut self, action: Action) {
        let passing = matches!(action, Action::Frame(ServerFrame::Typing { .. }, _));
        let same = match (self.actions.last(), &action) {
            (Some(Action::Write(_)), Action::Write(_)) => true,
            // That the path was up counts: what was on it went with it.
            (Some(Action::Path(before, _)), Action::Path(after, _)) => {
                *before != Path::Up && *after != Path::Up
            }
            _ => false,
        };
        if same {
            self.actions.pop();
        }
        if !passing {
            self.actions.push(action);
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
                ServerFrame::Challenge { .. } | ServerFrame::Draining {} | ServerFrame::Pong {},
                _
            )
    )
}
