//! How far each of the two has come: what the page tells, what it believes, and the marks that follow.

use shared::Receipt;

use super::*;

/// Tells the hub how far this page has come, if that is due.
fn tell(world: &mut World) -> Option<Word> {
    let word = world.view.receipt_due()?;
    world.tells_word(word);
    Some(word)
}

/// The marks of the messages in sight: mine only have any.
fn marks(world: &World) -> Vec<Reach> {
    let lines = world.view.talk.lines().iter();
    lines
        .filter_map(|line| match &line.what {
            What::Said(said) if said.mine => Some(said.reach),
            _ => None,
        })
        .collect()
}

const SLOWLY: Duration = Duration::from_secs(1);

#[test]
fn what_the_other_has_opened_and_read_is_marked() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    assert_eq!(marks(&world), [Reach::Stored]);
    world.opened_by(BEA, 3, None);
    assert_eq!(marks(&world), [Reach::Delivered]);
    world.speaks(BEA, "two");
    world.says("three");
    world.opened_by(BEA, 5, Some(3));
    assert_eq!(marks(&world), [Reach::Read, Reach::Delivered]);
    world.opened_by(BEA, 5, None);
    assert_eq!(
        marks(&world),
        [Reach::Read, Reach::Delivered],
        "no mark falls"
    );
}

#[test]
fn a_word_that_is_not_the_others_marks_nothing() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    let word = world.word_of(BEA, 3, None);
    let mut forged = word;
    forged.read = Some(Seq(3));
    let seat = Seat::Two;
    for (seat, receipt) in [(seat, forged), (Seat::One, word)] {
        world.hear(ServerFrame::Receipt { seat, receipt });
        assert_eq!(marks(&world), [Reach::Stored], "{seat} {receipt:?}");
    }
    assert_eq!(
        world.view.alarm, None,
        "late, or by another: no reason for doubt"
    );
    let receipt = word;
    world.hear(ServerFrame::Receipt { seat, receipt });
    assert_eq!(marks(&world), [Reach::Delivered]);
}

#[test]
fn marks_stay_over_a_reload_and_over_a_new_server() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    world.opened_by(BEA, 3, Some(3));
    world.reload().up();
    assert_eq!(marks(&world), [Reach::Read], "the hub tells it again");
    world.restart();
    world.up();
    assert_eq!(
        marks(&world),
        [Reach::Read],
        "the hub knows nothing, but I do"
    );
    assert!(world.view.receipts.other_tells());
}

#[test]
fn marks_stand_after_a_reload_although_a_new_server_knows_nothing_of_them() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    world.opened_by(BEA, 3, Some(3));
    world.restart();
    let kept = world.kept();
    world.reload().up();
    assert_eq!(marks(&world), [Reach::Read]);
    // Only what the other signed counts, and only about this talk.
    let mut forged = kept.clone();
    forged.heard.as_mut().unwrap().read = None;
    world.reload_with(forged).up();
    assert_eq!(marks(&world), [Reach::Stored]);
    world.restart_anew();
    world.reload_with(kept).up();
    world.sits(BEA);
    world.says("again");
    assert_eq!(marks(&world), [Reach::Stored; 2], "of two talks");
    assert_eq!(world.view.receipts.heard(), None);
}

#[test]
fn a_word_from_before_a_reload_is_not_lost_to_an_older_one() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    let first = world.word_of(BEA, 3, None);
    world.opened_by(BEA, 3, Some(3));
    world.lie(move |frame| match frame {
        ServerFrame::Receipt { seat, .. } => {
            let receipt = first;
            vec![ServerFrame::Receipt { seat, receipt }]
        }
        other => vec![other],
    });
    world.reload().up();
    assert_eq!(marks(&world), [Reach::Read]);
}

#[test]
fn what_was_said_to_whoever_sat_there_before_is_not_delivered_to_the_next() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("to Bea");
    world.leaves(BEA);
    world.invite(LinkSecret([8; 32]));
    world.sits_by(CYD, LinkSecret([8; 32]));
    world.opened_by(CYD, 6, None);
    assert_eq!(marks(&world), [Reach::Stored]);
}

#[test]
fn the_first_word_goes_with_the_first_message_and_again_on_each_connection() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    assert_eq!(tell(&mut world), None, "nothing was said");
    world.speaks(BEA, "hello");
    assert_eq!(tell(&mut world), Some((Seq(3), None)));
    assert_eq!(world.view.receipt_due(), None);
    world.says("hello yourself");
    assert_eq!(world.view.receipt_due(), None, "what I say myself I know");
    world.down();
    assert_eq!(world.view.receipt_due(), None, "nobody to tell");
    world.up();
    world.wait(SLOWLY);
    assert_eq!(
        tell(&mut world),
        Some((Seq(3), None)),
        "the hub may be another"
    );
}

#[test]
fn words_come_a_few_times_a_second_at_most() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "one");
    tell(&mut world);
    world.says("two");
    world.speaks(BEA, "three");
    assert_eq!(world.view.receipt_due(), None);
    let then = world.view.next_tick().expect("it waits");
    world.wait(Duration::from_millis(then.0 - world.now.0));
    assert_eq!(tell(&mut world), Some((Seq(5), None)));
}

#[test]
fn reading_is_told_by_both_or_by_none() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "hello");
    world.act(Action::Read(Seq(3)));
    assert_eq!(tell(&mut world), Some((Seq(3), None)));
    world.wait(SLOWLY);
    world.act(Action::TellReading(true));
    assert_eq!(world.view.tells_reading(), None);
    assert_eq!(
        tell(&mut world),
        Some((Seq(3), Some(Seq(0)))),
        "willing, no more"
    );
    world.says("hello yourself");
    world.opened_by(BEA, 4, Some(0));
    world.wait(SLOWLY);
    assert_eq!(world.view.tells_reading(), Some(world::EPOCH));
    assert_eq!(tell(&mut world), Some((Seq(3), Some(Seq(3)))));

    // Bea tells no more: neither do I, and nothing is taken back.
    world.opened_by(BEA, 4, None);
    world.speaks(BEA, "again");
    world.act(Action::Read(Seq(5)));
    world.wait(SLOWLY);
    assert_eq!(tell(&mut world), Some((Seq(5), Some(Seq(3)))));
    world.act(Action::TellReading(false));
    world.wait(SLOWLY);
    assert_eq!(tell(&mut world), Some((Seq(5), None)));
}

#[test]
fn what_was_told_as_read_is_told_after_a_reload_too() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "hello");
    world.says("hello yourself");
    world.opened_by(BEA, 4, Some(0));
    world
        .act(Action::TellReading(true))
        .act(Action::Read(Seq(3)));
    assert_eq!(tell(&mut world), Some((Seq(3), Some(Seq(3)))));
    world.goes(BEA);
    world.reload().up();
    assert!(world.view.receipts.willing, "kept");
    assert_eq!(
        tell(&mut world),
        Some((Seq(3), Some(Seq(3)))),
        "as the hub tells me"
    );
}

#[test]
fn what_cannot_be_opened_is_not_delivered() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "one");
    world.says("two");
    world.speaks(BEA, "three");
    // On another device, which has no keys to what was said before it was let in.
    world.open_elsewhere(9);
    let key = world.view.person.as_ref().unwrap().key();
    world.lets_in(BEA, key);
    world.lie(|frame| match frame {
        // The entry that hands the keys over is still to come.
        ServerFrame::Entries { mut entries } => {
            entries.retain(|entry| entry.seq < Seq(6));
            vec![ServerFrame::Entries { entries }]
        }
        other => vec![other],
    });
    world.up();
    assert_eq!(world.texts(), ["…", "…", "…"]);
    assert_eq!(world.view.talk.opened(), Seq(0));
    world.honest();
    world.down().up();
    assert_eq!(world.texts(), ["one", "two", "three"]);
    assert_eq!(tell(&mut world), Some((Seq(5), None)));
}

#[test]
fn a_doubted_hub_is_told_nothing() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "hello");
    world.act(Action::Frame(
        ServerFrame::Stored {
            id: ID,
            seq: Seq(9),
            at: world.now,
        },
        world.now,
    ));
    assert!(
        world.view.receipt_due().is_some(),
        "it names nothing of mine"
    );
    let mut word = world.word_of(BEA, 3, None);
    word.sig = shared::Signature([1; 64]);
    let unsigned = world.as_signed_by(BEA, Event::Pass { turn: Turn(2) });
    world.hear(ServerFrame::Entry(unsigned));
    assert!(world.view.alarm.is_some());
    assert_eq!(world.view.receipt_due(), None);
    let receipt: Receipt = word;
    let seat = Seat::One;
    world.hear(ServerFrame::Receipt { seat, receipt });
}

#[test]
fn what_was_read_of_another_talk_is_not_read_of_this_one() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "one");
    world.says("two");
    world.speaks(BEA, "three");
    world
        .act(Action::TellReading(true))
        .act(Action::Read(Seq(5)));
    world.restart_anew();
    world.sits(BEA);
    world.up();
    world.speaks(BEA, "again");
    world.opened_by(BEA, 3, Some(0));
    world.wait(SLOWLY);
    assert_eq!(tell(&mut world), Some((Seq(3), Some(Seq(0)))));
}
