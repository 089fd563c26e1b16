//! What was written here and is not acknowledged yet. Kept over reloads; sent again under the same name until the
//! hub says "stored" or "no".

mod kept;

use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;
use shared::{
    ClientFrame, EntryHash, EntryId, Epoch, Mode, Sealed, Seat, Seq, Signature, Timestamp, Turn,
};

use crate::json::{FromJson, objects, of, variant};

/// As many messages can wait.
const MAX_PENDING: usize = 50;

/// Why a message is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The other has the floor.
    NotYourTurn {
        /// Who has it.
        holder: Seat,
    },
    /// The turn it was written for is over.
    TurnOver,
    /// The talk it belonged to is gone.
    TalkOver,
    /// Whoever it was meant for has left, and nobody sits there.
    PeerLeft,
    /// Whoever it was meant for has left, and someone else sits there.
    PeerChanged,
    /// I had no seat for a while, or the hub tells another talk than before, so that who sits there now cannot be
    /// told.
    PeerUnsure,
    /// It was written for the other alone, and the server would store it.
    NotAlone,
    /// The hub refused it.
    Refused {
        /// Its words.
        words: String,
    },
}

impl FromJson for Held {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "not_your_turn" => of!(content, Self::NotYourTurn { holder }),
            "turn_over" => Self::TurnOver,
            "talk_over" => Self::TalkOver,
            "peer_left" => Self::PeerLeft,
            "peer_changed" => Self::PeerChanged,
            "peer_unsure" => Self::PeerUnsure,
            "not_alone" => Self::NotAlone,
            "refused" => of!(content, Self::Refused { words }),
            _ => return None,
        })
    }
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It waits for the path.
    Queued {
        /// And for this moment.
        not_before: Timestamp,
    },
    /// It was given to the path; the hub has not answered.
    Sent,
    /// It waits for the person.
    Held(Held),
}

/// A message as it was sealed and signed: the same bytes at every try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letter {
    sealed: Sealed,
    prev: EntryHash,
    sig: Signature,
}

objects! {
    Letter { sealed, prev, sig }
}

impl Letter {
    /// What is new in a `say` to the message it says.
    #[must_use]
    pub fn of(frame: &ClientFrame) -> Option<Self> {
        match frame {
            ClientFrame::Say {
                sealed, prev, sig, ..
            } => Some(Self {
                sealed: sealed.clone(),
                prev: *prev,
                sig: *sig,
            }),
            _ => None,
        }
    }
}

/// A message without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name, the same at every try.
    pub id: EntryId,
    /// The seat it was written in.
    pub seat: Seat,
    /// The turn it was written for.
    pub turn: Turn,
    /// Whether the turn goes on after it.
    pub more: bool,
    /// While both may speak: the last entry that was shown here when it was written.
    pub seen: Option<Seq>,
    /// The talk it was written in.
    pub epoch: Option<Epoch>,
    /// Whom it is meant for: whoever sat across from me at this entry. `None`: nobody did, and it is for whoever
    /// comes.
    pub meant: Option<Seq>,
    /// Whether it was written while the two kept what they say to themselves, for the other alone.
    pub alone: bool,
    /// The words.
    pub text: Rc<str>,
    /// When the person sent it off.
    pub written: Timestamp,
    /// Its sealed form: kept before it is given to the path.
    pub letter: Option<Letter>,
    /// Whether it may have reached the hub. Of what was kept over a reload nobody knows.
    pub tried: bool,
    /// How far it has come.
    pub progress: Progress,
}

impl Pending {
    /// Whether it waits for the person.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self.progress, Progress::Held(_))
    }

    /// Whether it can be withdrawn or changed: surely the hub has not stored it.
    #[must_use]
    pub fn is_recallable(&self) -> bool {
        match self.progress {
            Progress::Queued { .. } => !self.tried,
            Progress::Held(_) => true,
            Progress::Sent => false,
        }
    }

    /// The entry it follows upon, once it is sealed.
    #[must_use]
    pub fn prev(&self) -> Option<EntryHash> {
        self.letter.as_ref().map(|letter| letter.prev)
    }

    /// The frame it was sent in.
    #[must_use]
    pub fn frame(&self) -> Option<ClientFrame> {
        let Letter { sealed, prev, sig } = self.letter.clone()?;
        Some(ClientFrame::Say {
            id: self.id,
            turn: self.turn,
            end_turn: !self.more,
            seen: self.seen,
            sealed,
            prev,
            sig,
        })
    }
}

/// The messages without an answer, oldest first. Nothing here can grow without the person's doing, and not for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox(Vec<Pending>);

impl Outbox {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Pending> {
        self.0.iter()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a message is on its way.
    #[must_use]
    pub fn is_underway(&self) -> bool {
        self.underway().is_some()
    }

    /// Whether the turn is over, or nothing more is taken, once what is on its way has arrived.
    #[must_use]
    pub fn is_spent(&self, mode: Mode) -> bool {
        let mut underway = self.0.iter().filter(|pending| !pending.is_held());
        match mode {
            Mode::Strict if underway.any(|pending| !pending.more) => true,
            _ => self.0.iter().filter(|pending| !pending.is_held()).count() >= MAX_PENDING,
        }
    }

    /// The oldest message on its way.
    #[must_use]
    pub fn underway(&self) -> Option<&Pending> {
        self.0
            .iter()
            .find(|pending| !matches!(pending.progress, Progress::Held(_)))
    }

    /// The message to send at `now`. One at a time, and in order.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<&Pending> {
        self.underway().filter(
            |pending| matches!(pending.progress, Progress::Queued { not_before } if not_before <= now),
        )
    }

    /// When the next try is due, where the hub asked for a pause.
    #[must_use]
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.underway()?.progress {
            Progress::Queued { not_before } => Some(not_before),
            _ => None,
        }
    }

    pub(super) fn has_sent(&self) -> bool {
        self.0.iter().any(|p| p.progress == Progress::Sent)
    }

    /// Those that are not `out`.
    pub(crate) fn without(mut self, out: impl Fn(EntryId) -> bool) -> Self {
        self.0.retain(|pending| !out(pending.id));
        self
    }

    /// These are to be said once more, before all else.
    pub(super) fn again(&mut self, mut first: Vec<Pending>) {
        first.append(&mut self.0);
        self.0 = first;
    }

    pub(super) fn push(&mut self, pending: Pending) {
        self.0.push(pending);
    }

    pub(super) fn take(&mut self, id: EntryId) -> Option<Pending> {
        let at = self.0.iter().position(|pending| pending.id == id)?;
        Some(self.0.remove(at))
    }

    /// These bytes, and no others, go at every try.
    pub(super) fn seal(&mut self, id: EntryId, letter: Letter) {
        if let Some(pending) = self.get_mut(id) {
            pending.letter = Some(letter);
        }
    }

    /// It was given to the path in this form. A page that keeps the room itself may have answered before this is told.
    pub(super) fn sent(&mut self, id: EntryId, letter: &Letter) {
        if let Some(pending) = self.get_mut(id)
            && pending.letter.as_ref() == Some(letter)
            && !pending.is_held()
        {
            pending.tried = true;
            pending.progress = Progress::Sent;
        }
    }

    /// A held message is to be said after all, as told by `again`. Its name stays, so that it cannot come twice should
    /// the hub have it against all odds.
    pub(super) fn replace(&mut self, again: Pending) {
        if let Some(pending) = self.get_mut(again.id) {
            *pending = again;
        }
    }

    /// It was signed for another moment of the talk than the present one: it is sealed and signed again.
    pub(super) fn unseal(&mut self, id: EntryId, not_before: Timestamp) {
        if let Some(pending) = self.get_mut(id) {
            pending.letter = None;
            pending.tried = false;
            pending.progress = Progress::Queued { not_before };
        }
    }

    pub(super) fn hold(&mut self, id: EntryId, why: Held) {
        self.set(id, Progress::Held(why));
    }

    pub(super) fn retry(&mut self, id: EntryId, not_before: Timestamp) {
        self.set(id, Progress::Queued { not_before });
    }

    /// What is next waits until then.
    pub(super) fn pause(&mut self, until: Timestamp) {
        let next = self.0.iter_mut().find(|pending| !pending.is_held());
        if let Some(Pending {
            progress: Progress::Queued { not_before },
            ..
        }) = next
        {
            *not_before = until.max(*not_before);
        }
    }

    /// The path is gone: what it was given goes again, under the same name.
    pub(super) fn unsend(&mut self) {
        let not_before = Timestamp::default();
        self.answer_sent(&Progress::Queued { not_before });
    }

    /// What became of the message on its way, where the hub did not say which one it meant.
    pub(super) fn answer_sent(&mut self, progress: &Progress) {
        for pending in &mut self.0 {
            if pending.progress == Progress::Sent {
                pending.progress = progress.clone();
            }
        }
    }

    /// Holds what was written in another life of the journal, or in the other seat: it was meant for a talk that is
    /// gone.
    pub(super) fn hold_strangers(&mut self, seat: Seat, epoch: Epoch) {
        for pending in &mut self.0 {
            let stranger =
                pending.seat != seat || pending.epoch.is_some_and(|theirs| theirs != epoch);
            if stranger && !matches!(pending.progress, Progress::Held(_)) {
                pending.progress = Progress::Held(Held::TalkOver);
            }
        }
    }

    /// Holds what was meant for one person: what is shown from here on need not be what they sat down in.
    pub(super) fn hold_meant(&mut self) {
        for pending in &mut self.0 {
            if pending.meant.is_some() && !matches!(pending.progress, Progress::Held(_)) {
                pending.progress = Progress::Held(Held::PeerUnsure);
            }
        }
    }

    /// Whoever wrote it all wants the server to have it.
    pub(super) fn let_all_be_stored(&mut self) {
        for pending in &mut self.0 {
            pending.alone = false;
        }
    }

    /// Holds what was written for the other alone.
    pub(super) fn hold_alone(&mut self) {
        for pending in self.0.iter_mut().filter(|pending| pending.alone) {
            pending.alone = false;
            pending.progress = Progress::Held(Held::NotAlone);
        }
    }

    pub(super) fn restore(&mut self, earlier: Outbox) {
        let now = std::mem::replace(self, earlier);
        self.0.extend(now.0);
    }

    fn set(&mut self, id: EntryId, progress: Progress) {
        if let Some(pending) = self.get_mut(id) {
            pending.progress = progress;
        }
    }

    /// The message of this name.
    #[must_use]
    pub fn get(&self, id: EntryId) -> Option<&Pending> {
        self.0.iter().find(|pending| pending.id == id)
    }

    fn get_mut(&mut self, id: EntryId) -> Option<&mut Pending> {
        self.0.iter_mut().find(|pending| pending.id == id)
    }
}
