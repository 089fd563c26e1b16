//! What holds for any frames and any order of commands; a failure shrinks to the few steps that matter.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use shared::{
    ClientFrame, ConnectionId, ConversationId, EntryId, Epoch, Event, Input, LeaveReason, Mode,
    Position, Proof, Room, RoomId, Rules, Sealed, Seat, SeatKey, SeatSecret, Seq, ServerFrame,
    Timestamp, Turn,
};

fn room_id() -> impl Strategy<Value = RoomId> {
    prop_oneof![
        Just(RoomId::Table),
        any::<[u8; 16]>().prop_map(|bytes| RoomId::Conversation(ConversationId(bytes))),
    ]
}

fn position() -> impl Strategy<Value = Position> {
    (any::<u64>(), any::<u64>()).prop_map(|(epoch, seq)| Position {
        epoch: Epoch(epoch),
        seq: Seq(seq),
    })
}

fn client_frame() -> impl Strategy<Value = ClientFrame> {
    prop_oneof![
        (
            room_id(),
            any::<[u8; 32]>(),
            any::<[u8; 64]>(),
            proptest::option::of(position())
        )
            .prop_map(|(room, key, proof, position)| ClientFrame::Hello {
                room,
                seat_key: SeatKey(key),
                proof: Proof(proof),
                position,
            }),
        (
            any::<[u8; 16]>(),
            any::<u64>(),
            any::<bool>(),
            any::<Vec<u8>>()
        )
            .prop_map(|(id, turn, end_turn, sealed)| ClientFrame::Say {
                id: EntryId(id),
                turn: Turn(turn),
                end_turn,
                sealed: Sealed::new(sealed),
            }),
        any::<u64>().prop_map(|turn| ClientFrame::Pass { turn: Turn(turn) }),
        Just(ClientFrame::Typing {}),
        Just(ClientFrame::Leave {}),
        Just(ClientFrame::Ping {}),
    ]
}

/// Something done to a room by one of three people, of whom two can sit.
#[derive(Clone, Debug)]
enum Step {
    Arrive(u8),
    Depart(u64),
    Send(u64, ClientFrame),
    Wait(Duration),
}

fn step() -> impl Strategy<Value = Step> {
    // Small numbers, so that commands meet the room they are about.
    let say =
        (0_u8..6, 1_u64..6, any::<bool>()).prop_map(|(id, turn, end_turn)| ClientFrame::Say {
            id: EntryId([id; 16]),
            turn: Turn(turn),
            end_turn,
            sealed: Sealed::new(vec![id]),
        });
    let frame = prop_oneof![
        6 => say,
        2 => (1_u64..6).prop_map(|turn| ClientFrame::Pass { turn: Turn(turn) }),
        1 => Just(ClientFrame::Leave {}),
        1 => client_frame(),
    ];
    prop_oneof![
        2 => (0_u8..3).prop_map(Step::Arrive),
        1 => (0_u64..8).prop_map(Step::Depart),
        6 => (0_u64..8, frame).prop_map(|(connection, frame)| Step::Send(connection, frame)),
        1 => (0_u64..100_000).prop_map(|millis| Step::Wait(Duration::from_millis(millis))),
    ]
}

/// Runs steps on a room whose journal never fails, and answers the journal of its last epoch.
fn play(rules: Rules, steps: Vec<Step>) -> (Room, Vec<shared::Entry>) {
    let mut room = Room::new(rules, Epoch(0));
    let mut log = Vec::new();
    let mut now = Timestamp(1);
    let mut connections = 0;
    for step in steps {
        let input = match step {
            Step::Arrive(person) => {
                connections += 1;
                Input::Join {
                    connection: ConnectionId(connections),
                    key: SeatSecret::from_bytes([person; 32]).key(),
                    position: None,
                }
            }
            Step::Depart(connection) => Input::Gone {
                connection: ConnectionId(connection),
            },
            Step::Send(connection, frame) => Input::Frame {
                connection: ConnectionId(connection),
                frame,
            },
            Step::Wait(time) => {
                now = now.after(time);
                Input::Wake
            }
        };
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let outputs = room.handle(now, input);
            if outputs.finished {
                log.clear();
                room = Room::new(rules, Epoch(room.position().epoch.0 + 1));
            } else if let Some(entry) = outputs.append {
                log.push(entry);
                next = Some(Input::Appended);
            }
        }
    }
    (room, log)
}

proptest! {
    #[test]
    fn frames_survive_their_text(frame in client_frame()) {
        let text = serde_json::to_string(&frame).expect("a frame is JSON");
        prop_assert_eq!(serde_json::from_str::<ClientFrame>(&text).expect("its own text"), frame);
    }

    #[test]
    fn no_text_is_more_than_refused(text in any::<String>(), bytes in any::<Vec<u8>>()) {
        let _ = serde_json::from_str::<ClientFrame>(&text);
        let _ = serde_json::from_str::<ServerFrame>(&text);
        let _ = serde_json::from_slice::<ClientFrame>(&bytes);
        let _ = text.parse::<RoomId>();
        let _ = text.parse::<Epoch>();
    }

    /// Invariants I1, I2, I3, I5 and I7, read off the journal alone.
    #[test]
    fn any_order_of_commands_leaves_a_sound_journal(
        held in proptest::option::of(1_u64..60),
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let rules = Rules { hold: held.map(Duration::from_secs) };
        let (room, log) = play(rules, steps);

        let mut seated = [None; 2];
        let (mut turn, mut holder, mut said_in_turn) = (1, Seat::One, 0);
        let mut names = BTreeSet::new();
        for (index, entry) in log.iter().enumerate() {
            prop_assert_eq!(entry.seq, Seq(index as u64 + 1));
            let place = &mut seated[entry.seat.index()];
            match &entry.event {
                Event::Sit { key } => {
                    prop_assert!(place.is_none(), "I1: a taken seat is not given away");
                    *place = Some(*key);
                    prop_assert!(seated[0] != seated[1], "I1: nobody sits twice");
                }
                Event::Leave { reason } => {
                    prop_assert!(place.take().is_some());
                    let by_time = *reason == LeaveReason::Absent;
                    prop_assert!(!by_time || rules.hold.is_some(), "I7: no timer frees a seat");
                }
                Event::Say { id, turn: in_turn, end_turn, .. } => {
                    prop_assert_eq!((in_turn.0, entry.seat), (turn, holder), "I2, I3: the holder, now");
                    prop_assert!(names.insert((entry.seat, *id)), "I5: once");
                    said_in_turn += 1;
                    if *end_turn || said_in_turn == shared::MAX_ENTRIES_A_TURN {
                        (turn, holder, said_in_turn) = (turn + 1, holder.other(), 0);
                    }
                }
                Event::Pass { turn: of } => {
                    prop_assert_eq!((of.0, entry.seat), (turn, holder), "I2, I3: the holder, now");
                    (turn, holder, said_in_turn) = (turn + 1, holder.other(), 0);
                }
            }
        }
        let floor = room.floor();
        prop_assert_eq!((floor.turn.0, floor.holder, floor.mode), (turn, holder, Mode::Strict));
        prop_assert_eq!(Seat::BOTH.map(|seat| room.key(seat)), seated);

        // A room read back from its journal is the room that wrote it.
        let restored = Room::restore(rules, room.position().epoch, log, Timestamp(1));
        let restored = restored.expect("a sound journal");
        prop_assert_eq!(restored.floor(), floor);
        prop_assert_eq!(restored.position(), room.position());
    }

    #[test]
    fn a_journal_with_a_hole_is_refused(gap in 1_usize..8) {
        let steps = (1..=10).map(|turn| {
            Step::Send(1 + (turn + 1) % 2, ClientFrame::Pass { turn: Turn(turn) })
        });
        let arrivals = [Step::Arrive(0), Step::Arrive(1)];
        let (room, mut log) = play(Rules::default(), arrivals.into_iter().chain(steps).collect());
        prop_assert_eq!(log.len(), 12);
        log.remove(gap);
        let broken = Room::restore(Rules::default(), room.position().epoch, log, Timestamp(1));
        prop_assert!(broken.is_err());
    }
}
