//! What every journal promises, checked the same way for each.

mod support;

use std::sync::Arc;

use duologue::journal::{AppendError, Journal, MemoryJournal, SqliteJournal};
use shared::{
    Entry, EntryHash, Epoch, Event, Position, RoomId, Sealed, Seat, Seq, Signature, Timestamp, Turn,
};
use support::certificate::folder;
use test_client::{conversation, entry_id};

const EPOCH: Epoch = Epoch(7);

fn at(seq: u64) -> Position {
    Position {
        epoch: EPOCH,
        seq: Seq(seq),
    }
}

/// A message as entry `seq`, named `name`.
fn say(seq: u64, seat: Seat, name: u64) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Timestamp(1_000 + seq),
        seat,
        prev: EntryHash([3; 32]),
        event: Event::Say {
            id: entry_id(name),
            turn: Turn(seq),
            end_turn: true,
            seen: None,
            sealed: Sealed::new(name.to_be_bytes().as_slice()),
        },
        sig: Some(Signature([4; 64])),
    }
}

async fn all(journal: &dyn Journal, room: RoomId) -> Vec<Entry> {
    journal
        .replay(room, EPOCH, Seq::START, 1_000)
        .await
        .expect("the journal answers")
}

/// Every promise of [`Journal`].
async fn keeps_the_contract(journal: Arc<dyn Journal>) {
    journal.check().await.expect("the journal answers");
    begins_empty(&*journal, conversation(1)).await;
    appends_and_replays(&*journal, conversation(2)).await;
    refuses_what_is_not_next(&*journal, conversation(3)).await;
    refuses_a_message_twice(&*journal, conversation(4)).await;
    lets_one_of_two_writers_win(journal.clone(), conversation(5)).await;
    forgets_an_epoch(&*journal, RoomId::Table).await;
    ends_a_conversation(&*journal, conversation(6)).await;
    tells_what_is_stale(&*journal).await;
}

async fn begins_empty(journal: &dyn Journal, room: RoomId) {
    assert_eq!(
        journal.position(room).await.expect("the journal answers"),
        None
    );
    assert_eq!(all(journal, room).await, []);
}

async fn appends_and_replays(journal: &dyn Journal, room: RoomId) {
    let entries = [
        say(1, Seat::One, 1),
        say(2, Seat::Two, 2),
        say(3, Seat::One, 3),
    ];
    journal
        .append(room, at(0), entries[..1].to_vec())
        .await
        .expect("the journal answers");
    journal
        .append(room, at(1), entries[1..].to_vec())
        .await
        .expect("the journal answers");
    assert_eq!(
        journal.position(room).await.expect("the journal answers"),
        Some(at(3))
    );
    assert_eq!(all(journal, room).await, entries);
    let page = journal
        .replay(room, EPOCH, Seq(1), 1)
        .await
        .expect("the journal answers");
    assert_eq!(page, entries[1..2]);
    let end = journal
        .replay(room, EPOCH, Seq(3), 10)
        .await
        .expect("the journal answers");
    assert_eq!(end, []);
    let other = journal
        .replay(room, Epoch(8), Seq::START, 10)
        .await
        .expect("the journal answers");
    assert_eq!(other, [], "another epoch has none of them");
}

async fn refuses_what_is_not_next(journal: &dyn Journal, room: RoomId) {
    let conflict = |result, expected| match result {
        Err(AppendError::Conflict { actual }) => assert_eq!(actual, expected),
        other => panic!("expected a conflict, got {other:?}"),
    };
    let early = journal.append(room, at(1), vec![say(2, Seat::One, 1)]);
    conflict(early.await, None);
    journal
        .append(room, at(0), vec![say(1, Seat::One, 1)])
        .await
        .expect("the journal answers");
    for expected in [
        at(0),
        at(2),
        Position {
            epoch: Epoch(8),
            seq: Seq(1),
        },
    ] {
        let wrong = journal.append(room, expected, vec![say(2, Seat::Two, 2)]);
        conflict(wrong.await, Some(at(1)));
    }
    assert_eq!(all(journal, room).await.len(), 1);
}

/// Invariant I5: the same message of the same seat is in the log at most once, for ever.
async fn refuses_a_message_twice(journal: &dyn Journal, room: RoomId) {
    journal
        .append(room, at(0), vec![say(1, Seat::One, 1)])
        .await
        .expect("the journal answers");
    let again = vec![say(2, Seat::Two, 2), say(3, Seat::One, 1)];
    let refused = journal.append(room, at(1), again).await;
    assert!(matches!(refused, Err(AppendError::Duplicate { id }) if id == entry_id(1)));
    let twins = vec![say(2, Seat::Two, 5), say(3, Seat::Two, 5)];
    let refused = journal.append(room, at(1), twins).await;
    assert!(matches!(refused, Err(AppendError::Duplicate { .. })));
    assert_eq!(all(journal, room).await.len(), 1, "all or none");
    // The other seat may use the same name.
    journal
        .append(room, at(1), vec![say(2, Seat::Two, 1)])
        .await
        .expect("the journal answers");
}

async fn lets_one_of_two_writers_win(journal: Arc<dyn Journal>, room: RoomId) {
    for round in 0..50 {
        let race = [Seat::One, Seat::Two].map(|seat| {
            let journal = journal.clone();
            tokio::spawn(async move {
                let entry = say(round + 1, seat, round);
                journal.append(room, at(round), vec![entry]).await.is_ok()
            })
        });
        let mut winners = 0;
        for writer in race {
            winners += usize::from(writer.await.expect("the journal answers"));
        }
        assert_eq!(winners, 1, "round {round}");
    }
}

async fn forgets_an_epoch(journal: &dyn Journal, room: RoomId) {
    journal
        .append(room, at(0), vec![say(1, Seat::One, 1)])
        .await
        .expect("the journal answers");
    journal
        .forget(room, Epoch(8))
        .await
        .expect("the journal answers");
    assert_eq!(all(journal, room).await.len(), 1, "that was another epoch");
    journal
        .forget(room, EPOCH)
        .await
        .expect("the journal answers");
    assert_eq!(
        journal.position(room).await.expect("the journal answers"),
        None
    );
    assert_eq!(all(journal, room).await, []);
    let next = Position {
        epoch: Epoch(8),
        seq: Seq::START,
    };
    journal
        .append(room, next, vec![say(1, Seat::One, 1)])
        .await
        .expect("the journal answers");
}

/// A conversation has one life, the table as many as it takes.
async fn ends_a_conversation(journal: &dyn Journal, room: RoomId) {
    let over = async |room| journal.is_over(room).await.expect("the journal answers");
    let first = journal.append(room, at(0), vec![say(1, Seat::One, 1)]);
    first.await.expect("the journal answers");
    journal
        .forget(room, Epoch(8))
        .await
        .expect("the journal answers");
    assert!(!over(room).await, "that was another epoch");
    journal
        .forget(room, EPOCH)
        .await
        .expect("the journal answers");
    assert!(over(room).await);
    let position = journal.position(room).await;
    assert_eq!(position.expect("the journal answers"), None);
    for expected in [at(0), at(1)] {
        let entry = say(expected.seq.0 + 1, Seat::One, 2);
        let again = journal.append(room, expected, vec![entry]).await;
        assert!(matches!(again, Err(AppendError::Over)), "{again:?}");
    }
    assert_eq!(all(journal, room).await, []);
    assert!(!over(RoomId::Table).await, "it was forgotten before this");
    assert!(!over(conversation(7)).await, "it never was");
}

/// By the time of the last entry, in pages, and never the table.
async fn tells_what_is_stale(journal: &dyn Journal) {
    let written = |number: u8, at: u64| {
        let entry = |seq, at| Entry {
            at: Timestamp(at),
            ..say(seq, Seat::One, seq)
        };
        (conversation(number), vec![entry(1, 5), entry(2, at)])
    };
    for (room, entries) in [
        written(101, 10),
        written(102, 20),
        written(103, 30),
        written(104, 12),
        (RoomId::Table, written(0, 10).1),
    ] {
        // The table has had another life already.
        let _ = journal.forget(room, Epoch(8)).await;
        let begun = journal.append(room, at(0), entries).await;
        begun.expect("the journal answers");
    }
    for limit in [1, 2, 10] {
        let mut found = Vec::new();
        while let page = journal
            .stale(Timestamp(20), found.last().copied(), limit)
            .await
            .expect("the journal answers")
            && !page.is_empty()
        {
            assert!(page.len() <= limit);
            assert!(page.iter().all(|(_, position)| *position == at(2)));
            found.extend(page.iter().map(|(room, _)| *room));
        }
        found.sort_unstable();
        assert_eq!(found, [101, 104].map(conversation), "{limit} at once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    keeps_the_contract(Arc::new(MemoryJournal::default())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    let journal = SqliteJournal::open(&folder("contract")).expect("a new journal");
    keeps_the_contract(Arc::new(journal)).await;
}

#[tokio::test]
async fn memory_is_bounded_and_what_is_forgotten_makes_room() {
    refuses_what_does_not_fit(&MemoryJournal::with_capacity(2_000)).await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_takes_again_when_there_is_room() {
    let journal = SqliteJournal::open_bounded(&folder("full"), 24).expect("a new journal");
    refuses_what_does_not_fit(&journal).await;
    assert_eq!(journal.failure(), None);
}

async fn refuses_what_does_not_fit(journal: &dyn Journal) {
    let room = RoomId::Table;
    let mut seq = 0;
    let full = loop {
        let entry = say(seq + 1, Seat::One, seq + 1);
        match journal.append(room, at(seq), vec![entry]).await {
            Ok(()) => seq += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, AppendError::Unavailable(_)), "{full:?}");
    assert!(seq > 0, "something fits");
    let head = journal.position(room).await.expect("the journal answers");
    assert_eq!(head, Some(at(seq)));
    assert_eq!(
        all(journal, room).await.len() as u64,
        seq,
        "nothing was dropped for it"
    );

    let made = journal.forget(room, EPOCH).await;
    made.expect("to forget needs no room");
    journal.check().await.expect("there is room");
    let entry = vec![say(1, Seat::One, 1)];
    let appended = journal.append(room, at(0), entry).await;
    appended.expect("there is room");
}

/// Many rooms at once share commits; what is wrong with one is no matter to the others.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_refused_harms_nobody_in_the_same_commit() {
    let journal = SqliteJournal::open(&folder("group")).expect("a new journal");
    let journal = Arc::new(journal);
    for number in 0..200 {
        let first = vec![say(1, Seat::One, 1)];
        let begun = journal.append(conversation(number), at(0), first).await;
        begun.expect("the journal answers");
    }
    let writers = (0..200_u8).map(|number| {
        let journal = journal.clone();
        tokio::spawn(async move {
            // Every third comes too late, every other third says a thing twice.
            let (expected, name) = [(0, 2), (1, 1), (1, 2)][usize::from(number % 3)];
            let entry = say(expected + 1, Seat::One, name);
            let room = conversation(number);
            let appended = journal.append(room, at(expected), vec![entry]).await;
            match (number % 3, appended) {
                (0, Err(AppendError::Conflict { actual })) => assert_eq!(actual, Some(at(1))),
                (1, Err(AppendError::Duplicate { id })) => assert_eq!(id, entry_id(1)),
                (2, Ok(())) => assert_eq!(all(&*journal, room).await.len(), 2),
                (_, other) => panic!("{other:?}"),
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("the journal answers");
    }
}
