//! Coming back: after an outage, a reload, a restart of the hub.

use super::*;

#[test]
fn a_lost_acknowledgement_shows_the_message_once() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello")
        .act(Action::Sent(ID))
        .act(Action::Path(DOWN, T0));
    assert!(matches!(page.progress(ID), Some(Progress::Queued { .. })));
    page.connect(Seat::One, EPOCH, 3, floor(2, Seat::Two));
    assert_eq!(page.0.due(), None, "the talk is not complete yet");
    page.hear(ServerFrame::Entries {
        entries: vec![said(3, Seat::One, ID, "hello")],
    });
    assert!(page.0.outbox.is_empty());
    assert_eq!(page.texts(), ["hello"]);
}

#[test]
fn a_message_the_hub_never_got_goes_again_under_its_name() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello")
        .act(Action::Sent(ID))
        .act(Action::Path(DOWN, T0));
    page.connect(Seat::One, EPOCH, 2, floor(1, Seat::One));
    assert!(matches!(
        page.0.due(),
        Some(ClientFrame::Say { id: ID, .. })
    ));
}

#[test]
fn entries_told_twice_stand_once_and_a_hole_means_coming_back() {
    let mut page = Page::seated(Seat::One);
    let hello = said(3, Seat::Two, ID, "hello");
    page.hear(ServerFrame::Entry(hello.clone()))
        .hear(ServerFrame::Entry(hello));
    assert_eq!(page.texts(), ["hello"]);
    assert!(!page.0.torn);
    page.hear(ServerFrame::Entry(said(
        5,
        Seat::Two,
        EntryId([2; 16]),
        "later",
    )));
    assert!(page.0.torn);
    assert_eq!(page.texts(), ["hello"]);
    page.act(Action::Path(DOWN, T0));
    assert!(!page.0.torn);
}

#[test]
fn a_new_seat_after_an_absence_begins_where_the_hub_says() {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0))
        .connect(Seat::One, EPOCH, 9, floor(3, Seat::One));
    page.hear(ServerFrame::Entries {
        entries: vec![sat(9, Seat::One)],
    });
    assert!(!page.0.torn);
    assert!(page.0.is_current());
    let lines = page.0.talk.lines();
    assert_eq!(lines[lines.len() - 2].what, What::Gap);
}

#[test]
fn a_journal_that_began_anew_stands_below_a_line() {
    let mut page = Page::seated(Seat::One);
    page.hear(ServerFrame::Entry(said(
        3,
        Seat::Two,
        EntryId([2; 16]),
        "old",
    )));
    page.say(ID, "unsent").act(Action::Path(DOWN, T0));
    page.hear(ServerFrame::Resync {
        why: ResyncReason::EpochChanged,
    });
    page.connect(Seat::Two, Epoch(8), 2, floor(1, Seat::One));
    page.hear(ServerFrame::Entries {
        entries: vec![sat(1, Seat::One), sat(2, Seat::Two)],
    });
    assert_eq!(page.texts(), ["old"]);
    assert!(
        page.0
            .talk
            .lines()
            .iter()
            .any(|line| line.what == What::Anew)
    );
    assert_eq!(page.progress(ID), Some(Progress::Held(Held::TalkOver)));
    assert_eq!(page.0.my_seat(), Some(Seat::Two));
    assert_eq!(
        page.0.position(),
        Some(Position {
            epoch: Epoch(8),
            seq: Seq(2)
        })
    );
}

#[test]
fn messages_a_hub_has_lost_stay_in_sight() {
    let mut page = Page::seated(Seat::One);
    page.hear(ServerFrame::Entry(said(3, Seat::Two, ID, "kept")));
    page.hear(ServerFrame::Entry(said(
        4,
        Seat::Two,
        EntryId([2; 16]),
        "lost",
    )));
    page.act(Action::Path(DOWN, T0)).hear(ServerFrame::Resync {
        why: ResyncReason::AheadOfJournal,
    });
    page.connect(Seat::One, EPOCH, 3, floor(1, Seat::One));
    page.hear(ServerFrame::Entries {
        entries: vec![
            sat(1, Seat::One),
            sat(2, Seat::Two),
            said(3, Seat::Two, ID, "kept"),
        ],
    });
    page.hear(ServerFrame::Entry(said(
        4,
        Seat::Two,
        EntryId([3; 16]),
        "new",
    )));
    assert_eq!(page.texts(), ["kept", "lost", "new"]);
    let lost = page
        .0
        .talk
        .lines()
        .iter()
        .any(|l| l.what == What::Lost { messages: 1 });
    assert!(lost && !page.0.torn);
}

#[test]
fn what_is_kept_over_a_reload_comes_back() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "unsent").act(Action::Sent(ID));
    let outbox = Outbox::from_text(&page.0.outbox.to_text());
    let mut reloaded = Page::new();
    reloaded.act(Action::Restored {
        draft: "half a".into(),
        outbox,
    });
    assert_eq!(&*reloaded.0.draft, "half a");
    reloaded
        .connect(Seat::One, EPOCH, 2, floor(1, Seat::One))
        .hear(ServerFrame::Entries {
            entries: vec![sat(1, Seat::One), sat(2, Seat::Two)],
        });
    assert!(matches!(
        reloaded.0.due(),
        Some(ClientFrame::Say { id: ID, .. })
    ));
    assert!(Outbox::from_text("not json").is_empty());
}

#[test]
fn what_is_typed_during_the_start_joins_what_was_kept() {
    for (kept, typed, draft) in [
        ("half a", "thought", "half a\n\nthought"),
        ("half a", "", "half a"),
        ("", "thought", "thought"),
    ] {
        let mut page = Page::new();
        page.act(Action::Write(typed.into())).act(Action::Restored {
            draft: kept.into(),
            outbox: Outbox::default(),
        });
        assert_eq!(&*page.0.draft, draft);
    }
}

#[test]
fn what_another_tab_has_sent_is_not_kept_here() {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0)).say(ID, "said there");
    page.act(Action::Write("half".into())).act(Action::Reread {
        draft: "half a thought".into(),
        outbox: Outbox::default(),
    });
    assert!(page.0.outbox.is_empty());
    assert_eq!(&*page.0.draft, "half a thought");
}

#[test]
fn a_hole_after_coming_back_to_nothing_new_is_noticed() {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0))
        .connect(Seat::One, EPOCH, 2, floor(1, Seat::One));
    page.hear(ServerFrame::Entry(said(4, Seat::Two, ID, "later")));
    assert!(page.0.torn);
}

#[test]
fn the_same_name_in_another_life_of_the_journal_is_another_line() {
    let mut page = Page::seated(Seat::One);
    page.hear(ServerFrame::Entry(said(3, Seat::Two, ID, "old")));
    page.act(Action::Path(DOWN, T0))
        .connect(Seat::One, Epoch(8), 3, floor(1, Seat::One))
        .hear(ServerFrame::Entries {
            entries: vec![
                sat(1, Seat::One),
                sat(2, Seat::Two),
                said(3, Seat::Two, ID, "new"),
            ],
        });
    let lines = page.0.talk.lines().iter();
    let lives: Vec<_> = lines
        .filter(|line| matches!(line.what, What::Said(_)))
        .map(|line| line.epoch)
        .collect();
    assert_eq!(lives, [Some(EPOCH), Some(Epoch(8))]);
}

#[test]
fn another_seat_is_another_talk() {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0)).say(ID, "as seat 1");
    page.connect(Seat::Two, EPOCH, 2, floor(1, Seat::Two));
    assert_eq!(page.progress(ID), Some(Progress::Held(Held::TalkOver)));
    assert_eq!(page.0.due(), None);
}
