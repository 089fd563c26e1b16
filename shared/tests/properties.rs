//! What holds for any frames and any order of commands; a failure shrinks to the few steps that matter.

#[path = "properties/frames.rs"]
mod frames;
#[path = "properties/play.rs"]
mod play;
#[path = "properties/told.rs"]
mod told;

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use shared::{
    ClientFrame, Epoch, Event, InviteKey, LeaveReason, Record, Room, RoomId, Rules, Seat, Seq,
    ServerFrame, Timestamp,
};

use frames::client_frame;
use play::{CONVERSATION, Step, Wish, play, step};
use told::Told;

/// Both kinds of room; only the table gives up seats by time.
fn rules() -> impl Strategy<Value = Rules> {
    let hold = proptest::option::of((1_u64..60).prop_map(Duration::from_secs));
    let table = hold.prop_map(|hold| Rules {
        room: RoomId::Table,
        hold,
    });
    let conversation = Rules {
        room: CONVERSATION,
        hold: None,
    };
    prop_oneof![table, Just(conversation)]
}

/// The link by which the vacant seat is open, who made it, and whether it can still be used.
#[derive(Clone, Copy)]
struct Standing {
    key: InviteKey,
    by: Seat,
    open: bool,
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
        rules in rules(),
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let (room, log) = play(rules, steps);

        let mut seated = [None; 2];
        let mut spoke = [false; 2];
        let mut standing: Option<Standing> = None;
        let mut floor = Told::new(rules.room);
        let mut names = BTreeSet::new();
        for (index, entry) in log.iter().enumerate() {
            prop_assert_eq!(entry.seq, Seq(index as u64 + 1));
            let (mine, theirs) = (entry.seat.index(), entry.seat.other().index());
            match &entry.event {
                Event::Sit { key, invite } => {
                    prop_assert!(seated[mine].is_none(), "I1: a taken seat is not given away");
                    (seated[mine], spoke[mine]) = (Some(*key), false);
                    prop_assert!(seated[0] != seated[1], "I1: nobody sits twice");
                    prop_assert_eq!(invite.is_none(), rules.room == RoomId::Table);
                    if let Some(invite) = invite {
                        prop_assert!(invite.vouches_for(&rules.room, key));
                        let by = standing.map_or(entry.seat, |standing| standing.by);
                        let first = standing.is_none();
                        let fits = |standing: Standing| standing.open && standing.key == invite.key;
                        prop_assert!(standing.is_none_or(fits), "only by the right link, once");
                        standing = Some(Standing { key: invite.key, by, open: first });
                    }
                }
                Event::Leave { reason } => {
                    prop_assert!(seated[mine].take().is_some());
                    let by_time = *reason == LeaveReason::Absent;
                    prop_assert!(!by_time || rules.hold.is_some(), "I7: no timer frees a seat");
                    if let Some(standing) = &mut standing {
                        standing.open = false;
                    }
                    floor.part(rules.room);
                }
                Event::Say { id, .. } => {
                    prop_assert!(names.insert((entry.seat, *id)), "I5: once");
                    spoke[mine] = true;
                    floor.read(entry)?;
                }
                Event::Pass { .. } | Event::Claim { .. } => floor.read(entry)?,
                Event::Propose { .. }
                | Event::Accept { .. }
                | Event::Decline { .. }
                | Event::Withdraw { .. } => {
                    prop_assert!(!seated.contains(&None), "it takes two to agree");
                    floor.read(entry)?;
                }
                Event::Invite { invite } => {
                    floor.part(rules.room);
                    prop_assert!(seated[mine].is_some_and(|key| invite.vouches_for(&rules.room, &key)));
                    let withdrawn = seated[theirs].take().is_some();
                    let may = standing.is_some_and(|standing| standing.by == entry.seat);
                    prop_assert!(!withdrawn || may && !spoke[theirs], "I1: who has spoken keeps the seat");
                    standing = Some(Standing { key: invite.key, by: entry.seat, open: true });
                }
                Event::Reseat { key, .. } => {
                    prop_assert!(seated[theirs].replace(*key).is_some(), "I1: in place of somebody");
                    prop_assert!(seated[0] != seated[1], "I1: nobody sits twice");
                    let guest = standing.is_some_and(|standing| standing.by != entry.seat);
                    prop_assert!(!guest || spoke[mine], "who can be sent away sends nobody away");
                    prop_assert!(key.is_sound());
                }
            }
        }
        prop_assert_eq!(floor, Told::by(room.floor()));
        prop_assert_eq!(seated, Seat::BOTH.map(|seat| room.key(seat)), "I1: who sits");

        // A room read back from its journal is the room that wrote it.
        let restored = Room::restore(rules, room.position().epoch, log, Timestamp(1));
        let restored = restored.expect("a sound journal");
        prop_assert_eq!(restored.record(), room.record());
    }

    /// Who sits is never changed by a signature that is not theirs, and nothing is done that a reader would not allow.
    /// What is said is passed on as it comes: its signature is the other page's to check.
    #[test]
    fn what_changes_who_sits_is_signed(
        rules in rules(),
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let (room, log) = play(rules, steps);
        let mut reader = Record::new(*room.record().scope());
        for entry in &log {
            prop_assert_eq!(reader.follows(entry), Ok(()));
            prop_assert_eq!(reader.allows(entry.seat, &entry.event), Ok(()));
            let said = matches!(entry.event, Event::Say { .. } | Event::Pass { .. });
            prop_assert!(said || reader.is_authentic(entry), "{:?}", entry);
            reader.apply(entry);
        }
        prop_assert_eq!(&reader, room.record());
    }

    #[test]
    fn a_journal_with_a_hole_is_refused(gap in 0_usize..11) {
        let steps = (1..=10).map(|turn| {
            let wish = Wish::Pass { turn };
            Step::Send { connection: 1 + (turn + 1) % 2, wish, behind: false, sound: true }
        });
        let arrivals = [0, 1].map(|person| Step::Arrive { person, link: Some(0), sound: true });
        let rules = Rules { room: CONVERSATION, hold: None };
        let (room, mut log) = play(rules, arrivals.into_iter().chain(steps).collect());
        prop_assert_eq!(log.len(), 12);
        log.remove(gap);
        let broken = Room::restore(rules, room.position().epoch, log, Timestamp(1));
        prop_assert!(broken.is_err());
    }
}
