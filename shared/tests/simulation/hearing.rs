//! What is delivered to whom, and what each connection makes of it.

use std::collections::BTreeSet;

use shared::{CloseCode, ConnectionId, Delivery, Event, Floor, Rejection, ServerFrame};

use crate::model::Verdict;
use crate::world::World;

/// Of the entries of a replay, each so-manieth is checked: they were when they were live.
const CHECKED_OF_A_REPLAY: u64 = 16;

impl World {
    pub(crate) fn deliver(&mut self, delivery: Delivery, by: ConnectionId) -> Option<Verdict> {
        match delivery {
            Delivery::Frame { to, frame } => {
                let unique: BTreeSet<_> = to.iter().collect();
                assert_eq!(unique.len(), to.len(), "nobody is told twice");
                for connection in &to {
                    self.hear(*connection, &frame);
                }
                to.contains(&by).then(|| self.verdict(&frame, by)).flatten()
            }
            Delivery::Replay { to, after, upto } => {
                assert!(after < upto && upto.0 <= self.log.len() as u64);
                let view = self.views.get_mut(&to).expect("a connection that joined");
                let outset = view.seat.map(|seat| self.room.record().outset(seat).seq);
                assert!(Some(after) >= outset, "nobody sees another's talk");
                let live = view.last < self.log.len() as u64;
                assert!(!live || after.0 == view.last, "pages come in order");
                view.last = upto.0;
                if let Some(insider) = &mut view.insider {
                    let shown = after.0 as usize..upto.0 as usize;
                    for entry in &self.log[shown] {
                        if entry.seq.0 % CHECKED_OF_A_REPLAY
                            == self.connections % CHECKED_OF_A_REPLAY
                        {
                            insider.take(entry, &self.secrets);
                        } else {
                            insider.take_unchecked(entry, &self.secrets);
                        }
                    }
                }
                None
            }
            Delivery::Close { connection, code } => {
                self.close(connection, code);
                (connection == by && code == CloseCode::LEFT).then_some(Verdict::Left)
            }
        }
    }

    fn hear(&mut self, connection: ConnectionId, frame: &ServerFrame) {
        let head = self.log.len() as u64;
        let view = self
            .views
            .get_mut(&connection)
            .expect("a connection that joined");
        if view.seat.is_some() && !matches!(frame, ServerFrame::Rejected { .. }) {
            assert_eq!(
                view.closed, None,
                "{connection:?} is closed and gets {frame:?}"
            );
        }
        let insider = view.insider.as_mut();
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                outset,
                floor,
                peer,
                ..
            } => {
                view.seat = Some(*seat);
                (view.floor, view.peer) = (Some(*floor), Some(*peer));
                view.last = view.last.max(head);
                if let Some(insider) = insider {
                    insider.welcome(*seat, *epoch, *outset, &self.secrets);
                }
            }
            ServerFrame::Resync { .. } => {
                if let Some(insider) = insider {
                    insider.forget();
                }
            }
            ServerFrame::Entry(entry) => {
                assert_eq!(entry.seq.0, view.last + 1, "entries come in order");
                assert_eq!(
                    entry.seq.0, head,
                    "an entry is told once it is in the journal"
                );
                view.last = entry.seq.0;
                // Whoever sits there next may say the same again.
                match entry.event {
                    Event::Sit { .. } | Event::Leave { .. } => {
                        view.heard[entry.seat.index()] = None;
                    }
                    Event::Invite { .. } | Event::Reseat { .. } => {
                        view.heard[entry.seat.other().index()] = None;
                    }
                    _ => {}
                }
                if let Some(insider) = insider {
                    insider.take(entry, &self.secrets);
                }
            }
            ServerFrame::Turn(floor) => {
                let before = view.floor.replace(*floor).expect("welcomed");
                assert!(floor.turn >= before.turn, "I3: the turn only grows");
                let agreed = |floor: &Floor| (floor.mode, floor.pace, floor.direct_only);
                let moved = (floor.turn, agreed(floor));
                let stood = (before.turn, agreed(&before));
                assert_ne!(moved, stood, "it is told when something moved");
            }
            ServerFrame::Presence { seat, presence } => {
                assert_eq!(view.seat, Some(seat.other()), "of the other");
                view.peer = Some(*presence);
            }
            ServerFrame::Ask { seat, turn } => {
                assert_eq!(view.seat, Some(seat.other()), "by the other");
                assert_eq!(
                    (view.seat, turn.0),
                    (Some(self.model.holder), self.model.turn)
                );
                let open = self.model.open_question().expect("somebody asked");
                assert_ne!(view.asked, Some(open.number), "asked once");
                view.asked = Some(open.number);
            }
            ServerFrame::Claimable { turn } => {
                let due = self.model.claimable().or(self.due);
                let (waiting, of, since) = due.expect("told when it is due");
                assert_eq!((view.seat, turn.0), (Some(waiting), of));
                assert_ne!(view.claimable, Some(since), "told once");
                view.claimable = Some(since);
            }
            ServerFrame::Signal { payload } => {
                let said = self.signalled.as_ref().expect("somebody signalled");
                assert_eq!((Some(said.0.other()), &said.1), (view.seat, payload));
            }
            ServerFrame::Receipt { seat, receipt } => {
                let word = self.model.receipts[seat.index()];
                assert_eq!(word, Some(*receipt), "it is the word of who sits there");
                let heard = &mut view.heard[seat.index()];
                assert_ne!(*heard, word, "nothing is told twice");
                *heard = word;
            }
            ServerFrame::Stored { seq, at, .. } => {
                assert!(seq.0 <= head, "stored before it was in the journal");
                view.last = view.last.max(seq.0);
                let known = insider.filter(|insider| {
                    insider
                        .person
                        .bookmark()
                        .is_none_or(|known| *seq > known.seq)
                });
                if let (Some(insider), Some(said)) = (known, &view.said) {
                    let entry = insider.person.stored(said, *seq, *at).expect("a seat");
                    assert_eq!(Some(&entry), self.log.last(), "it is known what was stored");
                    insider.take(&entry, &self.secrets);
                }
            }
            _ => {}
        }
    }

    /// What a frame says about its receiver's own command.
    fn verdict(&self, frame: &ServerFrame, by: ConnectionId) -> Option<Verdict> {
        Some(match frame {
            ServerFrame::Welcome { seat, .. } => Verdict::Seated(*seat),
            ServerFrame::Stored { seq, .. } => Verdict::Stored(seq.0),
            ServerFrame::Entry(entry) if self.live(by) == Some(entry.seat) => match entry.event {
                Event::Pass { .. } => Verdict::Passed,
                Event::Claim { .. } => Verdict::Claimed,
                Event::Propose { .. } => Verdict::Proposed,
                Event::Accept { .. } => Verdict::Accepted,
                Event::Decline { .. } => Verdict::Declined,
                Event::Withdraw { .. } => Verdict::Withdrew,
                Event::Invite { .. } => Verdict::Invited,
                Event::Reseat { .. } => Verdict::Reseated,
                _ => return None,
            },
            ServerFrame::Rejected { rejection, .. } => Verdict::Refused(match rejection {
                Rejection::RoomFull {} => "room_full",
                Rejection::NotSeated {} => "not_seated",
                Rejection::NotYourTurn { turn, holder } => {
                    let present = (self.model.turn, self.model.holder);
                    assert_eq!((turn.0, *holder), present);
                    "not_your_turn"
                }
                Rejection::StaleTurn { .. } => "stale_turn",
                Rejection::NoTurns {} => "no_turns",
                Rejection::YourTurn {} => "your_turn",
                Rejection::AskedAlready {} => "asked_already",
                Rejection::NotAway {} => "not_away",
                Rejection::NothingToChange {} => "nothing_to_change",
                Rejection::AlreadyProposed {} => "already_proposed",
                Rejection::NoProposal {} => "no_proposal",
                Rejection::NotBelieved { .. } => "not_believed",
                Rejection::TooLarge { .. } => "too_large",
                Rejection::Behind { head } => {
                    assert_eq!(*head, self.room.position().seq);
                    "behind"
                }
                Rejection::BadSignature {} => "bad_signature",
                Rejection::NotInvited {} => "not_invited",
                Rejection::NotAtTable {} => "not_at_table",
                Rejection::SeatTaken {} => "seat_taken",
                Rejection::SeatVacant {} => "seat_vacant",
                Rejection::NeedsServer {} => "needs_server",
                Rejection::DirectOnly {} => "direct_only",
                Rejection::JournalUnavailable {} => "journal_unavailable",
                other => panic!("nobody asked for {other:?}"),
            }),
            _ => return None,
        })
    }
}
