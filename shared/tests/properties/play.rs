//! Something done to a room by people of whom two can sit, rightly or wrongly signed.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use shared::{
    ClientFrame, ConnectionId, ConversationId, Entry, EntryHash, EntryId, Epoch, Event, Input,
    LeaveReason, LinkSecret, Room, RoomId, Rules, Sealed, Seat, SeatSecret, Sit, Timestamp, Turn,
};

use crate::frames::client_frame;

pub(crate) const CONVERSATION: RoomId = RoomId::Conversation(ConversationId([5; 16]));

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrive {
        person: u8,
        link: Option<u8>,
        sound: bool,
    },
    Depart(u64),
    Send {
        connection: u64,
        wish: Wish,
        /// Signed after an older entry than the last.
        behind: bool,
        /// Signed by the one who sends it.
        sound: bool,
    },
    Throw(u64, Box<ClientFrame>),
    Wait(Duration),
}

/// What a connection wants; signed when it is sent.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Say { id: u8, turn: u64, end_turn: bool },
    Pass { turn: u64 },
    Leave,
    Invite { link: u8 },
    Reseat { person: u8 },
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    // Small numbers, so that commands meet the room they are about.
    let say = (0_u8..6, 1_u64..6, any::<bool>());
    let wish = prop_oneof![
        6 => say.prop_map(|(id, turn, end_turn)| Wish::Say { id, turn, end_turn }),
        2 => (1_u64..6).prop_map(|turn| Wish::Pass { turn }),
        1 => Just(Wish::Leave),
        2 => (0_u8..3).prop_map(|link| Wish::Invite { link }),
        1 => (0_u8..4).prop_map(|person| Wish::Reseat { person }),
    ];
    let rarely = || prop_oneof![9 => Just(false), 1 => Just(true)];
    let mostly = || prop_oneof![9 => Just(true), 1 => Just(false)];
    let link = prop_oneof![1 => Just(None), 9 => (0_u8..3).prop_map(Some)];
    prop_oneof![
        3 => (0_u8..3, link, mostly())
            .prop_map(|(person, link, sound)| Step::Arrive { person, link, sound }),
        1 => (0_u64..8).prop_map(Step::Depart),
        6 => (0_u64..8, wish, rarely(), mostly())
            .prop_map(|(connection, wish, behind, sound)| Step::Send { connection, wish, behind, sound }),
        1 => (0_u64..8, client_frame()).prop_map(|(connection, frame)| Step::Throw(connection, Box::new(frame))),
        1 => (0_u64..100_000).prop_map(|millis| Step::Wait(Duration::from_millis(millis))),
    ]
}

fn secret(person: u8) -> SeatSecret {
    SeatSecret::from_bytes([person + 1; 32])
}

fn sit(room: RoomId, person: u8, link: Option<u8>, sound: bool) -> Sit {
    let key = secret(person).key();
    // At the table a link is wrong, and mostly nobody brings one.
    let link = link.filter(|number| room != RoomId::Table || *number == 2);
    let invite = link.map(|number| LinkSecret([number; 32]).vouch(&room, &key));
    let signer = if sound { person } else { 99 };
    let sig = secret(signer).sign_sit(&room, invite.as_ref());
    Sit { key, invite, sig }
}

fn frame(
    room: &Room,
    behind: Option<EntryHash>,
    person: u8,
    sound: bool,
    wish: &Wish,
) -> ClientFrame {
    let me = secret(person).key();
    let scope = room.record().scope();
    let seat = room.record().seat_of(&me).unwrap_or(Seat::One);
    let prev = behind.unwrap_or(room.record().bookmark().hash);
    let event = match *wish {
        Wish::Say { id, turn, end_turn } => Event::Say {
            id: EntryId([id; 16]),
            turn: Turn(turn),
            end_turn,
            sealed: Sealed::new([id]),
        },
        Wish::Pass { turn } => Event::Pass { turn: Turn(turn) },
        Wish::Leave => Event::Leave {
            reason: LeaveReason::Asked,
        },
        Wish::Invite { link } => Event::Invite {
            invite: LinkSecret([link; 32]).vouch(&scope.room, &me),
        },
        Wish::Reseat { person } => Event::Reseat {
            key: secret(person).key(),
            keyring: Sealed::new([person]),
        },
    };
    let signer = secret(if sound { person } else { 99 });
    let sig = signer.sign_event(scope, &prev, seat, &event);
    ClientFrame::signed(event, prev, sig).expect("nobody wishes to sit by a frame")
}

/// Runs steps on a room whose journal never fails, and answers the journal of its last epoch.
pub(crate) fn play(rules: Rules, steps: Vec<Step>) -> (Room, Vec<Entry>) {
    let mut room = Room::new(rules, Epoch(0));
    let mut log: Vec<Entry> = Vec::new();
    let mut now = Timestamp(1);
    let mut people = BTreeMap::new();
    for step in steps {
        let input = match step {
            Step::Arrive {
                person,
                link,
                sound,
            } => {
                let connection = people.len() as u64 + 1;
                people.insert(connection, person);
                Input::Join {
                    connection: ConnectionId(connection),
                    sit: sit(rules.room, person, link, sound),
                    position: None,
                }
            }
            Step::Depart(connection) => Input::Gone {
                connection: ConnectionId(connection),
            },
            Step::Send {
                connection,
                wish,
                behind,
                sound,
            } => {
                let person = people.get(&connection).copied().unwrap_or(0);
                let behind = log.last().filter(|_| behind).map(|last| last.prev);
                Input::Frame {
                    connection: ConnectionId(connection),
                    frame: frame(&room, behind, person, sound, &wish),
                }
            }
            Step::Throw(connection, frame) => Input::Frame {
                connection: ConnectionId(connection),
                frame: *frame,
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
