//! The reverse: an honest talk, however it goes, is never doubted. A fault in a [`Hall`] is a panic of the guest who found it.

use std::time::Duration;

use proptest::prelude::*;
use shared::{Change, Epoch, Event, Mode, Pace, Reading, Record, RoomId, Seat, Seq};

use crate::support::{CONVERSATION, Hall, link, secret};

/// Something an honest guest may try. The room says no to much of it.
#[derive(Clone, Copy, Debug)]
enum Act {
    Join(usize),
    Say(usize, u8, bool),
    Pass(usize),
    Leave(usize),
    Invite(usize, u8),
    Reseat(usize, u8),
    Propose(usize, bool),
    /// Answers what the other has proposed, in one of three ways.
    Answer(usize, u8),
    Claim(usize),
    /// The page goes away, and time passes.
    Bye(usize),
    /// The page is opened on a new device, with the same key and links.
    Anew(usize),
}

const GUESTS: usize = 4;

fn act() -> impl Strategy<Value = Act> {
    let guest = 0..GUESTS;
    prop_oneof![
        3 => guest.clone().prop_map(Act::Join),
        8 => (guest.clone(), any::<u8>(), any::<bool>()).prop_map(|(guest, name, end)| Act::Say(guest, name, end)),
        2 => guest.clone().prop_map(Act::Pass),
        1 => guest.clone().prop_map(Act::Leave),
        2 => (guest.clone(), 1_u8..6).prop_map(|(guest, link)| Act::Invite(guest, link)),
        1 => (guest.clone(), 1..=GUESTS as u8).prop_map(|(guest, key)| Act::Reseat(guest, key)),
        3 => (guest.clone(), any::<bool>()).prop_map(|(guest, mode)| Act::Propose(guest, mode)),
        3 => (guest.clone(), 0_u8..3).prop_map(|(guest, how)| Act::Answer(guest, how)),
        2 => guest.clone().prop_map(Act::Claim),
        1 => guest.clone().prop_map(Act::Bye),
        1 => guest.prop_map(Act::Anew),
    ]
}

/// Does it, if the guest is there. What is refused changed nothing.
fn perform(hall: &mut Hall, act: Act) {
    let seated = |hall: &Hall, guest: usize| hall.guests[guest].connection.is_some();
    let refused = match act {
        Act::Join(guest) => hall.join(guest).map(|_| ()),
        Act::Anew(guest) => {
            let links = hall.guests[guest].person.link().copied();
            let anew = hall.guest(guest as u8 + 1, links.into_iter().collect());
            hall.guests.swap_remove(guest);
            assert_eq!(anew, GUESTS, "it takes the place of the old");
            hall.join(guest).map(|_| ())
        }
        Act::Say(guest, ..)
        | Act::Pass(guest)
        | Act::Leave(guest)
        | Act::Invite(guest, _)
        | Act::Reseat(guest, _)
        | Act::Propose(guest, _)
        | Act::Answer(guest, _)
        | Act::Claim(guest)
        | Act::Bye(guest)
            if !seated(hall, guest) =>
        {
            Ok(())
        }
        Act::Say(guest, ..) if !hall.guests[guest].person.can_seal() => Ok(()),
        Act::Say(guest, name, end_turn) => hall.say(guest, name, end_turn),
        Act::Pass(guest) => hall.pass(guest),
        Act::Leave(guest) => hall.leave(guest),
        Act::Invite(guest, number) => hall.invite(guest, link(number)),
        Act::Reseat(guest, number) if hall.guests[guest].person.can_seal() => {
            hall.reseat(guest, secret(number).key())
        }
        Act::Reseat(..) => Ok(()),
        Act::Propose(guest, mode) => {
            let floor = hall.room.floor();
            let change = match (mode, floor.mode) {
                (true, Mode::Strict) => Change::Mode(Mode::Free),
                (true, Mode::Free) => Change::Mode(Mode::Strict),
                (false, _) => Change::Pace(Pace::Live),
            };
            hall.act(guest, Event::Propose { change })
        }
        Act::Answer(guest, how) => {
            let record = hall.room.record();
            let me = record.seat_of(&hall.key(guest)).expect("seated");
            let by = if how == 2 { me } else { me.other() };
            let proposal = record.proposal(by).map_or(Seq(0), |standing| standing.seq);
            hall.act(
                guest,
                match how {
                    0 => Event::Accept { proposal },
                    1 => Event::Decline { proposal },
                    _ => Event::Withdraw { proposal },
                },
            )
        }
        Act::Claim(guest) => {
            let turn = hall.room.floor().turn;
            hall.act(guest, Event::Claim { turn })
        }
        Act::Bye(guest) => {
            hall.bye(guest);
            hall.wait(Duration::from_secs(20));
            Ok(())
        }
    };
    let _ = refused;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_honest_talk_is_never_doubted(
        table in any::<bool>(),
        acts in proptest::collection::vec(act(), 0..60),
    ) {
        let room = if table { RoomId::Table } else { CONVERSATION };
        let mut hall = Hall::new(room, Epoch(1));
        for number in 1..=GUESTS as u8 {
            let links = if table { vec![] } else { vec![link(1)] };
            hall.guest(number, links);
        }
        for act in acts {
            perform(&mut hall, act);
        }

        let mut reader = Record::new(hall.scope());
        for entry in &hall.log {
            prop_assert_eq!(reader.check(entry), Ok(()));
            reader.apply(entry);
        }
        prop_assert_eq!(&reader, hall.room.record());
        for guest in hall.guests.iter().filter(|guest| guest.connection.is_some()) {
            let known = guest.person.record().expect("welcomed");
            prop_assert_eq!(known.bookmark(), reader.bookmark(), "I6: the same talk on both sides");
            prop_assert_eq!(known.keys(), reader.keys());
            prop_assert_eq!(known.floor(), reader.floor());
            for seat in Seat::BOTH {
                prop_assert_eq!(known.proposal(seat), reader.proposal(seat));
            }
            prop_assert_eq!(known.generation(), reader.generation());
            prop_assert_eq!(known.invite_key(), reader.invite_key());
        }
    }

    /// Two who came by one link read every word of each other.
    #[test]
    fn both_read_all_that_is_said(ends in proptest::collection::vec(any::<bool>(), 1..30)) {
        let mut hall = Hall::new(CONVERSATION, Epoch(1));
        let [one, two] = [1, 2].map(|number| hall.guest(number, vec![link(1)]));
        hall.join(one).expect("the first");
        hall.say(one, 200, false).expect("seat 1 begins, alone");
        hall.join(two).expect("by the link");
        for (name, end_turn) in ends.into_iter().enumerate() {
            let speaker = if hall.room.floor().holder == Seat::One { one } else { two };
            hall.say(speaker, name as u8, end_turn).expect("in turn");
        }
        for entry in hall.log.iter().filter(|entry| matches!(entry.event, Event::Say { .. })) {
            let Event::Say { id, .. } = entry.event else { unreachable!("filtered") };
            let words = Reading::Words(format!("message {}", id.0[0]));
            for guest in &hall.guests {
                prop_assert_eq!(guest.readings.get(&entry.seq), Some(&words));
            }
        }
    }
}

#[test]
fn whoever_left_one_seat_and_is_let_into_the_other_goes_on() {
    let mut hall = Hall::new(CONVERSATION, Epoch(1));
    let [one, two] = [1, 2].map(|number| hall.guest(number, vec![link(1)]));
    let three = hall.guest(3, vec![link(2)]);
    let told = [
        hall.join(one).map(|_| ()),
        hall.join(two).map(|_| ()),
        hall.say(one, 1, true),
        hall.leave(one),
        hall.invite(two, link(2)),
        hall.join(three).map(|_| ()),
        hall.say(two, 2, true),
        hall.say(three, 3, true),
        hall.reseat(three, hall.key(one)),
    ];
    assert_eq!(told, [const { Ok(()) }; 9]);
    // By the link by which the two sit now: without it they could be told anything.
    hall.guests[one].person.add_link(link(2));
    // What they know reaches beyond where the other seat's talk begins.
    assert_eq!(hall.join(one), Ok(Seat::Two));
    assert_eq!(hall.say(one, 4, true), Ok(()));
    let heard = hall.guests[three].readings.last_key_value();
    let words = Reading::Words("message 4".to_owned());
    assert_eq!(heard.map(|(_, reading)| reading), Some(&words));
}
