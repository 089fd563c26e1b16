//! Whom a message is meant for, and who sits there when it could be sent.

use super::*;

fn left(seq: u64, seat: Seat) -> Entry {
    let reason = LeaveReason::Absent;
    entry(seq, seat, Event::Leave { reason })
}

/// Offline, seat 1 has said something to whoever sits in seat 2.
fn said_while_away() -> Page {
    let mut page = Page::seated(Seat::One);
    page.act(Action::Path(DOWN, T0)).say(ID, "for B only");
    page
}

fn come_back(page: &mut Page, turn: u64, entries: Vec<Entry>) {
    let head = entries.last().map_or(2, |entry| entry.seq.0);
    let holder = if turn % 2 == 1 { Seat::One } else { Seat::Two };
    page.connect(Seat::One, EPOCH, head, floor(turn, holder));
    assert_eq!(page.0.due(), None, "not before all is known");
    page.hear(ServerFrame::Entries { entries });
}

#[test]
fn what_was_meant_for_one_person_is_not_sent_to_another() {
    let mut page = said_while_away();
    come_back(&mut page, 1, vec![left(3, Seat::Two), sat(4, Seat::Two)]);
    assert_eq!(page.progress(ID), Some(Progress::Held(Held::PeerChanged)));
    assert_eq!(page.0.due(), None);
    page.act(Action::TakeBack(ID));
    assert_eq!(&*page.0.draft, "for B only");
    // Said again, knowing who sits there.
    page.act(Action::Send { id: ID, at: T0 });
    assert!(page.0.due().is_some());
}

#[test]
fn what_was_meant_for_somebody_who_left_waits_for_the_person() {
    let mut page = said_while_away();
    come_back(&mut page, 1, vec![left(3, Seat::Two)]);
    assert_eq!(page.progress(ID), Some(Progress::Held(Held::PeerLeft)));
    assert_eq!(page.0.due(), None);
}

#[test]
fn the_same_person_gets_it() {
    let mut page = said_while_away();
    page.connect(Seat::One, EPOCH, 2, floor(1, Seat::One));
    assert!(page.0.due().is_some());
}

#[test]
fn it_is_remembered_over_a_reload() {
    let page = said_while_away();
    let outbox = Outbox::from_text(&page.0.outbox.to_text());
    for (entries, due) in [
        (vec![], true),
        (vec![left(3, Seat::Two), sat(4, Seat::Two)], false),
    ] {
        let mut reloaded = Page::new();
        let outbox = outbox.clone();
        reloaded.act(Action::Restored {
            draft: String::new(),
            outbox,
        });
        let mut all = vec![sat(1, Seat::One), sat(2, Seat::Two)];
        all.extend(entries);
        come_back(&mut reloaded, 1, all);
        assert_eq!(reloaded.0.due().is_some(), due);
    }
}

#[test]
fn what_is_said_to_nobody_is_for_whoever_comes_first() {
    let mut page = Page::new();
    page.act(Action::Path(Path::Up, T0))
        .hear(ServerFrame::Welcome {
            seat: Seat::One,
            epoch: EPOCH,
            head: Seq(1),
            floor: floor(1, Seat::One),
            peer: Presence::Vacant {},
        })
        .hear(ServerFrame::Entries {
            entries: vec![sat(1, Seat::One)],
        });
    page.act(Action::Path(DOWN, T0)).say(ID, "anybody?");
    page.connect(Seat::One, EPOCH, 2, floor(1, Seat::One))
        .hear(ServerFrame::Entries {
            entries: vec![sat(2, Seat::Two)],
        });
    assert!(page.0.due().is_some());
}

#[test]
fn after_a_time_without_a_seat_nobody_can_tell_who_sits_there() {
    let mut page = said_while_away();
    come_back(&mut page, 1, vec![sat(9, Seat::One)]);
    assert_eq!(page.progress(ID), Some(Progress::Held(Held::PeerUnsure)));
}

#[test]
fn what_was_stored_before_the_seat_was_lost_stands_in_its_place() {
    let mut page = Page::seated(Seat::One);
    page.say(ID, "hello")
        .act(Action::Sent(ID))
        .act(Action::Path(DOWN, T0));
    // Stored as 3; the seat was lost at 4 and taken again at 5. The turn is over: nobody new can get it.
    come_back(&mut page, 2, vec![sat(5, Seat::One)]);
    assert!(page.0.due().is_some(), "the hub is asked what became of it");
    page.act(Action::Sent(ID)).hear(stored(ID, 3));
    assert!(page.0.outbox.is_empty());
    assert_eq!(page.texts(), ["hello"]);
    let lines = page.0.talk.lines();
    assert!(
        matches!(lines[2].what, What::Said(_)),
        "before the gap: {lines:?}"
    );
    let mut keys: Vec<_> = lines.iter().map(|line| line.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), lines.len());
    page.hear(stored(ID, 3));
    assert_eq!(page.texts(), ["hello"], "once");
}

#[test]
fn a_seat_that_was_left_is_told_from_one_that_was_never_taken() {
    let mut page = Page::seated(Seat::One);
    assert!(!page.0.peer_left());
    page.hear(ServerFrame::Entry(left(3, Seat::Two)))
        .hear(ServerFrame::Presence {
            seat: Seat::Two,
            presence: Presence::Vacant {},
        });
    assert!(page.0.peer_left());
    page.hear(ServerFrame::Entry(sat(4, Seat::Two)))
        .hear(ServerFrame::Presence {
            seat: Seat::Two,
            presence: Presence::Here {},
        });
    assert!(!page.0.peer_left());
}
