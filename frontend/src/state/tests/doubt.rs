//! A hub that lies to the page, and what is left of the talk.

use shared::{Entry, Scope, Sealed};

use super::*;

type Lie = Box<dyn FnMut(Entry) -> Vec<Entry>>;

/// The page in seat 2 has talked with Bea: "kept" is entry 3, "answer" entry 4.
pub(super) fn talked(room: RoomId) -> World {
    let mut world = World::with_bea(room, Seat::Two);
    world.speaks(BEA, "kept");
    world.says("answer");
    assert_eq!(world.texts(), ["kept", "answer"]);
    world
}

/// Bea says one thing more, which is entry 5, and leaves with entry 6.
fn go_on(world: &mut World) {
    world.speaks(BEA, "more");
    world.leaves(BEA);
}

/// A lie about each entry as it comes.
fn about(mut lie: Lie) -> impl FnMut(ServerFrame) -> Vec<ServerFrame> {
    move |frame| match frame {
        ServerFrame::Entry(entry) => {
            let told = lie(entry);
            told.into_iter().map(ServerFrame::Entry).collect()
        }
        ServerFrame::Entries { entries } => {
            let entries = entries.into_iter().flat_map(&mut lie).collect();
            vec![ServerFrame::Entries { entries }]
        }
        other => vec![other],
    }
}

/// A lie about entry 5 alone.
fn about_fifth(mut lie: impl FnMut(Entry) -> Vec<Entry> + 'static) -> Lie {
    Box::new(move |entry| match entry.seq {
        Seq(5) => lie(entry),
        _ => vec![entry],
    })
}

/// Bea has said the same in another place of the talk: it is hers indeed, and another entry.
fn under_another_name(mut entry: Entry) -> Entry {
    if let Event::Say { id, .. } = &mut entry.event {
        *id = EntryId([200; 16]);
    }
    signed_by(BEA, entry)
}

fn reworded(mut entry: Entry) -> Entry {
    if let Event::Say { sealed, .. } = &mut entry.event {
        let mut bytes = sealed.0.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        *sealed = Sealed::new(bytes);
    }
    entry
}

fn signed_by(who: u8, mut entry: Entry) -> Entry {
    let scope = Scope {
        room: TABLE,
        epoch: world::EPOCH,
    };
    let sign = world::secret(who).sign_event(&scope, &entry.prev, entry.seat, &entry.event);
    entry.sig = Some(sign);
    entry
}

/// What there is to see, and that nothing of it is lost.
fn whats(lines: &[Rc<Line>]) -> Vec<&What> {
    lines.iter().map(|line| &line.what).collect()
}

/// Just this is doubted, since now. Nothing more is taken from the hub, whatever it says; nothing in sight is lost;
/// and once it is honest, all of it can be shown again.
pub(super) fn check(world: &mut World, fault: Fault) {
    let at = world.now;
    assert_eq!(world.doubts(), [fault]);
    let alarm = Some(Alarm { fault, at });
    assert_eq!(world.view.alarm, alarm);
    let told = world.view.talk.clone();
    let last = told.lines().last().unwrap();
    assert_eq!((&last.what, last.at), (&What::Doubt(fault), at));

    world.honest();
    world.deliver();
    world.wait(Duration::from_secs(1));
    let entries = world.log().to_vec();
    for entry in entries.clone() {
        world.hear(ServerFrame::Entry(entry));
    }
    world.hear(ServerFrame::Entries { entries });
    assert_eq!(world.view.talk, told);
    assert_eq!(world.view.due(), None);
    world.down().up();
    assert_eq!(world.view.talk, told, "not after a new connection either");
    assert_eq!(world.view.alarm, alarm);

    world.afresh();
    assert_eq!(world.view.alarm, None);
    assert!(world.view.is_current());
    let (before, after) = world.view.talk.lines().split_at(told.lines().len());
    assert_eq!(whats(before), whats(told.lines()));
    assert_eq!(after[0].what, What::Afresh);
    assert_eq!(after.len() - 1, world.log().len());
    assert_eq!(world.doubts(), [fault], "no new one");
}

#[test]
fn entries_that_were_tampered_with_are_not_believed() {
    let lies = || -> Vec<(&str, Lie, Fault)> {
        let seq = Seq(5);
        let gap = Fault::Gap {
            expected: seq,
            found: Seq(6),
        };
        let mut elsewhere = talked(CONVERSATION);
        go_on(&mut elsewhere);
        let foreign = elsewhere.log()[4].clone();
        let mut kept_back = None;
        vec![
            (
                "other words",
                about_fifth(|entry| vec![reworded(entry)]),
                Fault::Forged { seq },
            ),
            (
                "by somebody else",
                about_fifth(|entry| vec![signed_by(CYD, entry)]),
                Fault::Forged { seq },
            ),
            (
                "under another name",
                about_fifth(|entry| vec![under_another_name(entry)]),
                Fault::OtherHistory { seq: Seq(6) },
            ),
            ("dropped", about_fifth(|_| vec![]), gap),
            (
                "dropped and covered up",
                Box::new(|mut entry| match entry.seq {
                    Seq(5) => vec![],
                    Seq(6) => {
                        entry.seq = Seq(5);
                        vec![entry]
                    }
                    _ => vec![entry],
                }),
                Fault::OtherHistory { seq },
            ),
            (
                "in another order",
                Box::new(move |entry| match entry.seq {
                    Seq(5) => {
                        kept_back = Some(entry);
                        vec![]
                    }
                    Seq(6) => [entry].into_iter().chain(kept_back.take()).collect(),
                    _ => vec![entry],
                }),
                gap,
            ),
            (
                "of another room",
                about_fifth(move |_| vec![foreign.clone()]),
                Fault::OtherHistory { seq },
            ),
        ]
    };
    let count = lies().len();
    for case in 0..count {
        // Just now, and while the page was away.
        for live in [true, false] {
            let (name, lie, fault) = lies().swap_remove(case);
            println!("{name}, live: {live}");
            let mut world = talked(TABLE);
            if live {
                world.lie(about(lie));
                go_on(&mut world);
            } else {
                world.down();
                go_on(&mut world);
                world.lie(about(lie));
                world.up();
            }
            check(&mut world, fault);
        }
    }
}

#[test]
fn an_entry_told_twice_is_doubted_live_and_stands_once_after_a_replay() {
    let twice = || about(about_fifth(|entry| vec![entry.clone(), entry]));
    let mut world = talked(TABLE);
    world.lie(twice());
    world.speaks(BEA, "more");
    check(&mut world, Fault::Repeated { seq: Seq(5) });

    let mut world = talked(TABLE);
    world.down();
    go_on(&mut world);
    world.lie(twice());
    world.up();
    assert_eq!(world.texts(), ["kept", "answer", "more"]);
    assert_eq!(world.doubts(), []);
    // The same as news is another matter.
    let more = world.log()[4].clone();
    world.hear(ServerFrame::Entry(more));
    check(&mut world, Fault::Repeated { seq: Seq(5) });
}

#[test]
fn what_the_rules_forbid_is_not_believed_though_it_is_signed() {
    let mut world = talked(TABLE);
    world.speaks(BEA, "more");
    let turn = Turn(4);
    let out_of_turn = world.as_signed_by(BEA, Event::Pass { turn });
    world.hear(ServerFrame::Entry(out_of_turn));
    check(&mut world, Fault::AgainstRules { seq: Seq(6) });
}

#[test]
fn the_same_message_under_another_number_is_not_believed() {
    let mut world = talked(TABLE);
    let said = world.log()[2].event.clone();
    let again = world.as_signed_by(BEA, said);
    world.hear(ServerFrame::Entry(again));
    check(&mut world, Fault::Repeated { seq: Seq(5) });
}

#[test]
fn another_history_on_coming_back_is_doubted_once() {
    let mut world = talked(TABLE);
    world.down();
    go_on(&mut world);
    // Both entries of one page are others than those in sight.
    let changed: Vec<_> = world.log()[2..4]
        .iter()
        .cloned()
        .map(under_another_name)
        .collect();
    world.lie(move |frame| match frame {
        ServerFrame::Welcome { .. } => {
            let entries = changed.clone();
            vec![frame, ServerFrame::Entries { entries }]
        }
        other => vec![other],
    });
    world.up();
    check(&mut world, Fault::OtherHistory { seq: Seq(3) });
}

#[test]
fn another_history_behind_a_lost_tail_is_doubted() {
    let mut world = talked(TABLE);
    world.restart_without_last(1);
    world.lie(about(Box::new(|entry| match entry.seq {
        Seq(3) => vec![under_another_name(entry)],
        _ => vec![entry],
    })));
    world.up();
    assert!(world.tells(&What::Lost { messages: 1 }));
    check(&mut world, Fault::OtherHistory { seq: Seq(3) });
}

#[test]
fn a_fault_in_a_replay_stays_when_the_path_breaks() {
    let mut world = talked(TABLE);
    world.down();
    go_on(&mut world);
    world.lie(about(about_fifth(|entry| vec![reworded(entry)])));
    world.slow();
    world.up().deliver_one();
    world.deliver_one();
    world.down();
    check(&mut world, Fault::Forged { seq: Seq(5) });
}

#[test]
fn a_beginning_that_nobody_vouches_for_is_not_believed() {
    let mut world = World::new(TABLE);
    world.sits(BEA);
    world.lie(|mut frame| {
        if let ServerFrame::Welcome { outset, .. } = &mut frame {
            outset.hash.0[0] ^= 1;
        }
        vec![frame]
    });
    world.up();
    assert_eq!(world.view.my_seat(), None);
    check(&mut world, Fault::Forged { seq: Seq(0) });
}

#[test]
fn a_message_that_is_said_to_be_stored_as_something_else_is_not_given_up() {
    for (told, fault) in [
        (Seq(2), Fault::Repeated { seq: Seq(2) }),
        (
            Seq(9),
            Fault::Gap {
                expected: Seq(3),
                found: Seq(9),
            },
        ),
    ] {
        let mut world = World::with_bea(TABLE, Seat::One);
        world.slow();
        world.say(ID, "mine").give().expect("it is due");
        world.lie(move |frame| match frame {
            ServerFrame::Stored { id, at, .. } => {
                vec![ServerFrame::Stored { id, seq: told, at }]
            }
            other => vec![other],
        });
        world.deliver();
        assert_eq!(world.progress(ID), Some(Progress::Sent));
        check(&mut world, fault);
        assert!(world.view.outbox.is_empty(), "it was stored");
        assert_eq!(world.texts(), ["mine"]);
    }
}

#[test]
fn what_waits_to_be_sent_outlives_a_doubt() {
    let mut world = World::alone(CONVERSATION);
    world.say(ID, "for whoever comes");
    world.lie(about(Box::new(|entry| vec![signed_by(CYD, entry)])));
    world.sits(BEA);
    check(&mut world, Fault::Forged { seq: Seq(2) });
    world.give().expect("it is due");
    assert_eq!(world.heard_by(BEA), ["for whoever comes"]);

    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "for Bea only");
    world.hear(ServerFrame::Entry(talked(TABLE).log()[2].clone()));
    check(&mut world, Fault::OtherHistory { seq: Seq(3) });
    // Somebody else may sit in Bea's place by what is shown now: the person decides.
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerUnsure)));
}
