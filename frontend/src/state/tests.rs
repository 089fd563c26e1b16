//! The reducer, told as what the hub says and what the person does.

use shared::{
    ClientFrame, Entry, Event, LeaveReason, MAX_SEALED_BYTES, Position, Rejection, ResyncReason,
    Sealed, SeatKey, Turn,
};

use super::*;

mod company;
mod resume;

const T0: Timestamp = Timestamp(1_000_000);
const EPOCH: Epoch = Epoch(7);
const ID: EntryId = EntryId([1; 16]);

/// A page as a person uses it.
struct Page(Rc<View>);

impl Page {
    fn new() -> Self {
        Self(Rc::new(View::new(RoomId::Table, T0)))
    }

    fn act(&mut self, action: Action) -> &mut Self {
        self.0 = self.0.clone().reduce(action);
        self
    }

    fn hear(&mut self, frame: ServerFrame) -> &mut Self {
        self.act(Action::Frame(frame, T0))
    }

    fn connect(&mut self, seat: Seat, epoch: Epoch, head: u64, floor: Floor) -> &mut Self {
        self.act(Action::Path(Path::Up, T0))
            .hear(ServerFrame::Welcome {
                seat,
                epoch,
                head: Seq(head),
                floor,
                peer: Presence::Here {},
            })
    }

    fn seated(seat: Seat) -> Self {
        let mut page = Self::new();
        page.connect(seat, EPOCH, 2, floor(1, Seat::One))
            .hear(ServerFrame::Entries {
                entries: vec![sat(1, Seat::One), sat(2, Seat::Two)],
            });
        page
    }

    fn say(&mut self, id: EntryId, text: &str) -> &mut Self {
        self.act(Action::Write(text.into()))
            .act(Action::Send { id, at: T0 })
    }

    fn texts(&self) -> Vec<&str> {
        let lines = self.0.talk.lines().iter();
        lines
            .filter_map(|line| match &line.what {
                What::Said(said) => Some(&*said.text),
                _ => None,
            })
            .collect()
    }

    fn progress(&self, id: EntryId) -> Option<Progress> {
        let mut all = self.0.outbox.iter();
        all.find(|p| p.id == id).map(|p| p.progress.clone())
    }
}

fn floor(turn: u64, holder: Seat) -> Floor {
    let mut floor = Floor::default();
    (floor.turn, floor.holder) = (Turn(turn), holder);
    floor
}

fn entry(seq: u64, seat: Seat, event: Event) -> Entry {
    Entry {
        seq: Seq(seq),
        at: T0,
        seat,
        event,
    }
}

fn sat(seq: u64, seat: Seat) -> Entry {
    let key = SeatKey([u8::from(seat); 32]);
    entry(seq, seat, Event::Sit { key })
}

fn said(seq: u64, seat: Seat, id: EntryId, text: &str) -> Entry {
    let say = Event::Say {
        id,
        turn: Turn(1),
        end_turn: true,
        sealed: Sealed::new(text.as_bytes()),
    };
    entry(seq, seat, say)
}

fn stored(id: EntryId, seq: u64) -> ServerFrame {
    ServerFrame::Stored {
        id,
        seq: Seq(seq),
        at: T0,
    }
}

fn no(id: EntryId, rejection: Rejection) -> ServerFrame {
    ServerFrame::Rejected {
        id: Some(id),
        rejection,
    }
}

const DOWN: Path = Path::Waiting {
    until: T0,
    restarting: false,
};

#[test]
fn a_message_is_kept_until_it_is_stored() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello");
    let due = page.0.due().expect("it is to be sent");
    assert!(matches!(
        due,
        ClientFrame::Say {
            id: ID,
            turn: Turn(1),
            end_turn: true,
            ..
        }
    ));
    assert_eq!(&*page.0.draft, "");
    page.act(Action::Sent(ID));
    assert_eq!(page.0.due(), None, "once is enough");
    assert_eq!(page.progress(ID), Some(Progress::Sent));
    page.hear(stored(ID, 3))
        .hear(ServerFrame::Turn(floor(2, Seat::Two)));
    assert!(page.0.outbox.is_empty());
    assert_eq!(page.texts(), ["hello"]);
    assert_eq!(
        page.0.position(),
        Some(Position {
            epoch: EPOCH,
            seq: Seq(3)
        })
    );
    assert_eq!(page.0.may_send(), Err(Refusal::NotYourTurn(Seat::Two)));
}

#[test]
fn what_is_written_while_the_path_is_down_waits_for_it() {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0)).say(ID, "later");
    assert_eq!(page.0.due(), None);
    assert!(matches!(page.progress(ID), Some(Progress::Queued { .. })));
    page.act(Action::Write("and more".into()));
    assert_eq!(
        page.0.may_send(),
        Err(Refusal::Underway),
        "one turn, one message"
    );
    page.connect(Seat::One, EPOCH, 2, floor(1, Seat::One));
    assert!(page.0.due().is_some());
}

#[test]
fn a_message_out_of_turn_is_held_and_can_be_taken_back() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello").act(Action::Sent(ID));
    page.hear(no(
        ID,
        Rejection::NotYourTurn {
            turn: Turn(2),
            holder: Seat::Two,
        },
    ));
    assert_eq!(
        page.progress(ID),
        Some(Progress::Held(Held::NotYourTurn { holder: Seat::Two }))
    );
    page.act(Action::Write("already".into()))
        .act(Action::TakeBack(ID));
    assert!(page.0.outbox.is_empty());
    assert_eq!(&*page.0.draft, "hello\n\nalready");
}

#[test]
fn a_busy_hub_is_asked_again_after_the_pause_it_named() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello").act(Action::Sent(ID));
    page.hear(no(ID, Rejection::RateLimited { after: 500 }));
    assert_eq!(page.0.due(), None);
    assert_eq!(page.0.outbox.due_at(), Some(Timestamp(T0.0 + 500)));
    page.act(Action::Tick(Timestamp(T0.0 + 500)));
    assert!(page.0.due().is_some());
}

#[test]
fn a_refusal_without_a_name_is_about_what_is_on_its_way() {
    let unnamed = |rejection| ServerFrame::Rejected {
        id: None,
        rejection,
    };
    let busy = unnamed(Rejection::RateLimited { after: 500 });
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello").act(Action::Sent(ID)).hear(busy);
    assert_eq!(page.0.outbox.due_at(), Some(Timestamp(T0.0 + 500)));
    page.act(Action::Tick(Timestamp(T0.0 + 500)));
    assert!(page.0.due().is_some());

    let detail = "what is this".to_owned();
    let malformed = unnamed(Rejection::Malformed { detail });
    page.act(Action::Sent(ID)).hear(malformed);
    assert!(matches!(
        page.progress(ID),
        Some(Progress::Held(Held::Refused { .. }))
    ));
}

#[test]
fn the_other_writes_until_they_speak_or_stop() {
    let mut page = Page::seated(Seat::One);
    page.hear(ServerFrame::Typing { seat: Seat::Two });
    assert!(page.0.peer_writes_until.is_some());
    page.act(Action::Tick(T0.after(WRITES_FOR)));
    assert!(page.0.peer_writes_until.is_none());
    page.hear(ServerFrame::Typing { seat: Seat::Two });
    page.hear(ServerFrame::Entry(said(3, Seat::Two, ID, "hello")));
    assert!(page.0.peer_writes_until.is_none());
    page.hear(ServerFrame::Typing { seat: Seat::One });
    assert!(page.0.peer_writes_until.is_none(), "that is me");
}

#[test]
fn the_floor_decides_who_may_speak_and_pass() {
    let page = Page::seated(Seat::Two);
    assert_eq!(page.0.may_pass(), Err(Refusal::NotYourTurn(Seat::One)));
    let mut page = Page::seated(Seat::One);
    assert_eq!(page.0.may_pass(), Ok(Turn(1)));
    assert_eq!(page.0.may_send(), Err(Refusal::Empty));
    page.act(Action::Write("x".repeat(MAX_SEALED_BYTES + 3)));
    assert_eq!(page.0.may_send(), Err(Refusal::TooLong(3)));
    page.act(Action::Write("x".repeat(MAX_SEALED_BYTES)));
    assert_eq!(page.0.may_send(), Ok(Turn(1)));
    page.act(Action::Path(DOWN, T0));
    assert_eq!(page.0.may_pass(), Err(Refusal::Unreachable));
}

#[test]
fn only_the_peers_presence_is_the_peers() {
    let mut page = Page::seated(Seat::One);
    let away = Presence::Away { since: T0 };
    page.hear(ServerFrame::Presence {
        seat: Seat::One,
        presence: away,
    });
    assert_eq!(page.0.seating.map(|s| s.peer), Some(Presence::Here {}));
    page.hear(ServerFrame::Presence {
        seat: Seat::Two,
        presence: away,
    });
    assert_eq!(page.0.seating.map(|s| s.peer), Some(away));
    let reason = LeaveReason::Absent;
    page.hear(ServerFrame::Entry(entry(
        3,
        Seat::Two,
        Event::Leave { reason },
    )));
    assert_eq!(page.0.talk.last(), Seq(3));
}
