//! The reducer, told as what the hub says and what the person does.

use shared::{ClientFrame, EntryId, Event, MAX_TEXT_BYTES, Rejection, ServerFrame, Turn};

use super::*;
use world::{BEA, CONVERSATION, CYD, World};

mod again;
mod ahead;
mod alone;
mod company;
mod doubt;
mod floor;
mod keys;
mod known;
mod letters;
mod links;
mod receipts;
mod resume;
pub(crate) mod world;

const ID: EntryId = EntryId([255; 16]);
const TABLE: RoomId = RoomId::Table;

/// A line that tells this.
pub(crate) fn line(what: What) -> Rc<Line> {
    let mut talk = Talk::default();
    talk.tell(world::T0, what);
    talk.lines()[0].clone()
}

fn no(id: EntryId, rejection: Rejection) -> ServerFrame {
    ServerFrame::Rejected {
        id: Some(id),
        rejection,
    }
}

#[test]
fn a_message_is_kept_until_it_is_stored() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "hello");
    assert_eq!(world.view.due(), Some(ID));
    assert_eq!(&*world.view.draft, "");
    world.slow();
    let said = world.give().expect("it is to be sent");
    assert!(matches!(
        said,
        ClientFrame::Say {
            id: ID,
            turn: Turn(1),
            end_turn: true,
            ..
        }
    ));
    assert_eq!(world.view.due(), None, "once is enough");
    assert_eq!(world.progress(ID), Some(Progress::Sent));
    world.deliver();
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.texts(), ["hello"]);
    assert_eq!(world.heard_by(BEA), ["hello"]);
    let mark = world.view.bookmark().expect("something is known");
    assert_eq!((mark.epoch, mark.seq), (world::EPOCH, Seq(3)));
    assert_eq!(world.view.may_send(), Err(Refusal::NotYourTurn(Seat::Two)));
}

#[test]
fn what_is_written_while_the_path_is_down_waits_for_it() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.down().say(ID, "later");
    assert_eq!(world.view.due(), None);
    assert!(matches!(world.progress(ID), Some(Progress::Queued { .. })));
    world.act(Action::Write("and more".into()));
    assert_eq!(
        world.view.may_send(),
        Err(Refusal::Underway),
        "one turn, one message"
    );
    world.up();
    assert_eq!(world.view.due(), Some(ID));
}

/// A message that the hub refused, since the turn had moved.
fn refused(room: RoomId) -> World {
    let mut world = World::with_bea(room, Seat::One);
    world.say(ID, "hello").give_in_vain();
    world.hear(no(
        ID,
        Rejection::NotYourTurn {
            turn: Turn(2),
            holder: Seat::Two,
        },
    ));
    world
}

#[test]
fn a_message_out_of_turn_is_held_and_can_be_taken_back() {
    let mut world = refused(TABLE);
    assert_eq!(
        world.progress(ID),
        Some(Progress::Held(Held::NotYourTurn { holder: Seat::Two }))
    );
    world
        .act(Action::Write("already".into()))
        .act(Action::TakeBack(ID));
    assert!(world.view.outbox.is_empty());
    assert_eq!(&*world.view.draft, "hello\n\nalready");
}

#[test]
fn a_busy_hub_is_asked_again_after_the_pause_it_named() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "hello").give_in_vain();
    world.hear(no(ID, Rejection::RateLimited { after: 500 }));
    assert_eq!(world.view.due(), None);
    let then = world.now.after(Duration::from_millis(500));
    assert_eq!(world.view.outbox.due_at(), Some(then));
    world.act(Action::Tick(then));
    assert_eq!(world.view.due(), Some(ID));
}

#[test]
fn a_refusal_without_a_name_is_about_what_is_on_its_way() {
    let unnamed = |rejection| ServerFrame::Rejected {
        id: None,
        rejection,
    };
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "hello").give_in_vain();
    world.hear(unnamed(Rejection::RateLimited { after: 500 }));
    let then = world.now.after(Duration::from_millis(500));
    assert_eq!(world.view.outbox.due_at(), Some(then));
    world.act(Action::Tick(then));
    assert_eq!(world.view.due(), Some(ID));

    let detail = "what is this".to_owned();
    world.give_in_vain();
    world.hear(unnamed(Rejection::Malformed { detail }));
    assert!(matches!(
        world.progress(ID),
        Some(Progress::Held(Held::Refused { .. }))
    ));
}

#[test]
fn the_other_writes_until_they_speak_or_stop() {
    let mut world = World::with_bea(TABLE, Seat::Two);
    world.types(BEA);
    assert!(world.view.peer_writes_until.is_some());
    world.wait(WRITES_FOR);
    assert!(world.view.peer_writes_until.is_none());
    world.types(BEA);
    assert!(world.view.peer_writes_until.is_some());
    world.speaks(BEA, "hello");
    assert!(world.view.peer_writes_until.is_none());
    world.hear(ServerFrame::Typing { seat: Seat::Two });
    assert!(world.view.peer_writes_until.is_none(), "that is me");
}

#[test]
fn the_floor_decides_who_may_speak_and_pass() {
    let world = World::with_bea(TABLE, Seat::Two);
    assert_eq!(world.view.may_pass(), Err(Refusal::NotYourTurn(Seat::One)));
    let mut world = World::with_bea(TABLE, Seat::One);
    assert_eq!(world.view.may_pass(), Ok(Turn(1)));
    assert_eq!(world.view.may_send(), Err(Refusal::Empty));
    world.act(Action::Write("x".repeat(MAX_TEXT_BYTES + 3)));
    assert_eq!(world.view.may_send(), Err(Refusal::TooLong(3)));
    world.act(Action::Write("x".repeat(MAX_TEXT_BYTES)));
    assert_eq!(world.view.may_send(), Ok(Turn(1)));
    world.down();
    assert_eq!(world.view.may_pass(), Err(Refusal::Unreachable));
    world.up().pass();
    assert_eq!(world.view.may_pass(), Err(Refusal::NotYourTurn(Seat::Two)));
    assert!(world.tells(&What::Passed {
        seat: Seat::One,
        mine: true
    }));
}

#[test]
fn only_the_peers_presence_is_the_peers() {
    let mut world = World::with_bea(TABLE, Seat::One);
    let peer = |world: &World| world.view.seating.map(|seating| seating.peer);
    world.hear(ServerFrame::Presence {
        seat: Seat::One,
        presence: Presence::Away { since: world.now },
    });
    assert_eq!(peer(&world), Some(Presence::Here {}));
    let since = world.now;
    world.goes(BEA);
    world.wait(shared::SILENT_DROP);
    assert_eq!(peer(&world), Some(Presence::Away { since }));
    world.stays_away(BEA);
    assert_eq!(peer(&world), Some(Presence::Vacant {}));
    assert_eq!(world.view.talk.last(), Seq(3));
}
