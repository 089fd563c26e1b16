//! Something done to a room by people of whom two can sit, rightly or wrongly signed.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use shared::{
    Change, ClientFrame, ConnectionId, ConversationId, Entry, EntryHash, EntryId, Epoch, Event,
    Input, LeaveReason, LinkSecret, Pace, Presence, Record, Room, RoomId, Rules, Sealed, Seat,
    SeatKey, SeatSecret, Seq, Sit, Timestamp, Turn,
};

use crate::frames::{change, client_frame};

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
    /// Somebody says that they go.
    Bye(u64),
    /// What the two say without a server, by whether it is seat 1 that does; brought by a connection, with some of the
    /// last entries before it.
    Upload {
        connection: u64,
        overlap: usize,
        said: Vec<(bool, Wish)>,
    },
    Throw(u64, Box<ClientFrame>),
    Wait(Duration),
}

/// What a connection wants; signed when it is sent.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    Say {
        id: u8,
        turn: u64,
        end_turn: bool,
        seen: Option<u64>,
    },
    Pass {
        turn: u64,
    },
    Claim {
        turn: u64,
    },
    Propose(Change),
    Accept(u64),
    Decline(u64),
    Withdraw(u64),
    Leave,
    Invite {
        link: u8,
    },
    Reseat {
        person: u8,
    },
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    // Small numbers, so that commands meet the room they are about.
    let seen = proptest::option::of(0_u64..12);
    let say = (0_u8..6, 1_u64..6, any::<bool>(), seen);
    let answer = (1_u64..12, 0..4).prop_map(|(proposal, kind)| match kind {
        0 | 1 => Wish::Accept(proposal),
        2 => Wish::Decline(proposal),
        _ => Wish::Withdraw(proposal),
    });
    let wish = prop_oneof![
        6 => say.prop_map(|(id, turn, end_turn, seen)| Wish::Say { id, turn, end_turn, seen }),
        2 => (1_u64..6).prop_map(|turn| Wish::Pass { turn }),
        1 => (1_u64..6).prop_map(|turn| Wish::Claim { turn }),
        2 => change().prop_map(Wish::Propose),
        3 => answer,
        1 => Just(Wish::Leave),
        2 => (0_u8..3).prop_map(|link| Wish::Invite { link }),
        1 => (0_u8..4).prop_map(|person| Wish::Reseat { person }),
    ];
    let said = proptest::collection::vec((any::<bool>(), wish.clone()), 0..4);
    let rarely = || prop_oneof![9 => Just(false), 1 => Just(true)];
    let mostly = || prop_oneof![9 => Just(true), 1 => Just(false)];
    let link = prop_oneof![1 => Just(None), 9 => (0_u8..3).prop_map(Some)];
    prop_oneof![
        3 => (0_u8..3, link, mostly())
            .prop_map(|(person, link, sound)| Step::Arrive { person, link, sound }),
        1 => (0_u64..8).prop_map(Step::Depart),
        1 => (0_u64..8).prop_map(Step::Bye),
        1 => (0_u64..8, 0_usize..3, said).prop_map(
            |(connection, overlap, said)| Step::Upload { connection, overlap, said }
        ),
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

fn event(room: &RoomId, me: &SeatKey, wish: &Wish) -> Event {
    match *wish {
        Wish::Say {
            id,
            turn,
            end_turn,
            seen,
        } => Event::Say {
            id: EntryId([id; 16]),
            turn: Turn(turn),
            end_turn,
            seen: seen.map(Seq),
            sealed: Sealed::new([id]),
        },
        Wish::Pass { turn } => Event::Pass { turn: Turn(turn) },
        Wish::Claim { turn } => Event::Claim { turn: Turn(turn) },
        Wish::Propose(change) => Event::Propose { change },
        Wish::Accept(seq) => Event::Accept { proposal: Seq(seq) },
        Wish::Decline(seq) => Event::Decline { proposal: Seq(seq) },
        Wish::Withdraw(seq) => Event::Withdraw { proposal: Seq(seq) },
        Wish::Leave => Event::Leave {
            reason: LeaveReason::Asked,
        },
        Wish::Invite { link } => Event::Invite {
            invite: LinkSecret([link; 32]).vouch(room, me),
        },
        Wish::Reseat { person } => Event::Reseat {
            key: secret(person).key(),
            keyring: Sealed::new([person]),
        },
    }
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
    let event = event(&scope.room, &me, wish);
    let signer = secret(if sound { person } else { 99 });
    let sig = signer.sign_event(scope, &prev, seat, &event);
    ClientFrame::signed(event, prev, sig).expect("nobody wishes to sit by a frame")
}

/// What two of the people do without a server, allowed or not, signed by whoever sits there.
fn between_the_two(record: &Record, now: Timestamp, said: &[(bool, Wish)]) -> Vec<Entry> {
    let mut record = record.clone();
    let mut entries = Vec::new();
    for (first, wish) in said {
        let seat = if *first { Seat::One } else { Seat::Two };
        let mut people = (0..4).map(secret);
        let Some(me) = people.find(|who| record.key(seat) == Some(who.key())) else {
            continue;
        };
        let scope = *record.scope();
        let event = event(&scope.room, &me.key(), wish);
        let last = record.bookmark();
        let entry = Entry {
            seq: last.seq.next(),
            at: now,
            seat,
            prev: last.hash,
            sig: Some(me.sign_event(&scope, &last.hash, seat, &event)),
            event,
        };
        record.apply(&entry);
        entries.push(entry);
    }
    entries
}

/// What the journal alone cannot tell: whoever loses the floor is away and whoever takes it is here, and an upload is
/// taken as a whole. `uploaded`: the entries that were brought as new ones.
fn look(room: &Room, now: Timestamp, entries: &[Entry], uploaded: Option<usize>) {
    assert_eq!(entries.len(), uploaded.unwrap_or(1), "all of it or nothing");
    for entry in entries {
        if let Event::Claim { .. } = entry.event {
            assert_eq!(room.presence(entry.seat), Presence::Here {});
            let least = Pace::Live.claim_after(true).expect("a time");
            match room.presence(entry.seat.other()) {
                Presence::Away { since } => assert!(since.after(least) <= now, "I8: too early"),
                other => panic!("I8: the floor was taken from somebody who is {other:?}"),
            }
        }
    }
}

/// Runs steps on a room whose journal never fails, and answers the journal of its last epoch.
pub(crate) fn play(rules: Rules, steps: Vec<Step>) -> (Room, Vec<Entry>) {
    let mut room = Room::new(rules, Epoch(0));
    let mut log: Vec<Entry> = Vec::new();
    let mut now = Timestamp(1);
    let mut people = BTreeMap::new();
    for step in steps {
        let mut uploaded = None;
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
            Step::Bye(connection) => Input::Frame {
                connection: ConnectionId(connection),
                frame: ClientFrame::Bye {},
            },
            Step::Upload {
                connection,
                overlap,
                said,
            } => {
                let mut entries = log[log.len().saturating_sub(overlap)..].to_vec();
                let new = between_the_two(room.record(), now, &said);
                uploaded = Some(new.len());
                entries.extend(new);
                Input::Frame {
                    connection: ConnectionId(connection),
                    frame: ClientFrame::Upload { entries },
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
            } else if !outputs.append.is_empty() {
                look(&room, now, &outputs.append, uploaded);
                log.extend(outputs.append);
                next = Some(Input::Appended);
            }
        }
    }
    (room, log)
}
