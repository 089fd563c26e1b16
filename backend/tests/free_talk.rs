//! Both speak as they like once both want to, and what they said without a server is taken over, over real sockets.

mod support;

use std::sync::Arc;

use duologue::Settings;
use duologue::journal::MemoryJournal;
use shared::{
    Change, ClientFrame, Entry, EntryId, Event, Fault, Mode, Person, Record, Rejection, Saying,
    Sealed, Seat, Seq, ServerFrame, Timestamp, Turn, TurnCause,
};
use support::TestServer;
use test_client::{Client, conversation, entry_id, person};

const FREE: Change = Change::Mode(Mode::Free);

async fn two_people(hub: &TestServer) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    one.entry().await;
    (one, two)
}

/// Does what is signed after all that has happened by now.
async fn does(client: &mut Client, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
    client.ping().await;
    let frame = sign(client.person()).expect("a seat");
    client.send(&frame).await;
}

/// The two agree to speak freely, as entries 3 and 4.
async fn agree(one: &mut Client, two: &mut Client) {
    does(two, |two| two.propose(FREE)).await;
    one.entry().await;
    two.entry().await;
    does(one, |one| one.accept(Seq(3))).await;
    for side in [one, two] {
        side.entry().await;
        let floor = side.turn().await;
        assert_eq!((floor.mode, floor.turn), (Mode::Free, Turn(1)));
    }
}

/// Somebody says something, whoever spoke last.
async fn speak(client: &mut Client, id: EntryId, turn: Turn) -> Seq {
    client.ping().await;
    let saying = Saying {
        seen: client.person().bookmark().map(|known| known.seq),
        ..Saying::in_turn(id, turn, true)
    };
    let mut nonce = [9; 24];
    nonce[..16].copy_from_slice(&id.0);
    let say = client.person().say(saying, "words", &nonce);
    client.send(&say.expect("both sit")).await;
    client.stored(id).await
}

#[tokio::test]
async fn both_speak_once_both_want_to() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    agree(&mut one, &mut two).await;
    for number in 0..6 {
        let speaker = if number % 3 == 0 { &mut two } else { &mut one };
        assert_eq!(
            speak(speaker, entry_id(number), Turn(1)).await,
            Seq(5 + number)
        );
    }
    does(&mut one, |one| one.pass(Turn(1))).await;
    assert_eq!(one.rejected().await, (None, Rejection::NoTurns {}));
}

#[tokio::test]
async fn crossing_equal_proposals_are_an_agreement() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    agree(&mut one, &mut two).await;
    speak(&mut one, entry_id(1), Turn(1)).await;
    two.entry().await;
    let strict = Change::Mode(Mode::Strict);
    does(&mut one, |one| one.propose(strict)).await;
    two.entry().await;
    does(&mut two, |two| two.propose(strict)).await;
    let floor = two.turn().await;
    let began = (floor.mode, floor.turn, floor.cause);
    assert_eq!(began, (Mode::Strict, Turn(2), TurnCause::ModeChange));
    assert_eq!(floor.holder, Seat::Two, "seat 1 spoke last");
}

#[tokio::test]
async fn an_agreement_outlives_the_server() {
    let journal = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let (mut one, mut two) = two_people(&hub).await;
    agree(&mut one, &mut two).await;
    drop((one, two));
    hub.stop().await;
    let hub = TestServer::start_on(Settings::default(), journal).await;
    let (_one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.floor.mode, Mode::Free);
}

/// What the two say to each other while there is no server: each after the other, from where they both stand.
fn talk_without_server(record: &Record, count: u64) -> Vec<Entry> {
    let mut record = record.clone();
    let said = (0..count).map(|number| {
        let floor = *record.floor();
        let event = Event::Say {
            id: entry_id(100 + number),
            turn: floor.turn,
            end_turn: true,
            seen: None,
            sealed: Sealed::new([7; 80]),
        };
        let last = record.bookmark();
        let author = person(if floor.holder == Seat::One { 1 } else { 2 });
        let entry = Entry {
            seq: last.seq.next(),
            at: Timestamp(u64::MAX),
            seat: floor.holder,
            prev: last.hash,
            sig: Some(author.sign_event(record.scope(), &last.hash, floor.holder, &event)),
            event,
        };
        record.apply(&entry);
        entry
    });
    said.collect()
}

/// The numbers of the entries that come next, in pages: those of the two who sit down are known.
async fn numbers(client: &mut Client, count: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        let page = client.entries().await;
        let new = page.iter().map(|entry| entry.seq.0).filter(|seq| *seq > 2);
        numbers.extend(new);
    }
    numbers
}

#[tokio::test]
async fn what_was_said_without_a_server_is_taken_over_whoever_brings_it() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    let known = one.person().record().expect("a seat").clone();
    // More than may wait for a reader as frames of their own.
    let entries = talk_without_server(&known, 100);
    let upload = ClientFrame::Upload {
        entries: entries.clone(),
    };
    two.send(&upload).await;
    let all: Vec<u64> = (3..103).collect();
    assert_eq!(numbers(&mut one, 100).await, all);
    assert_eq!(numbers(&mut two, 100).await, all);
    assert_eq!(one.turn().await.turn, Turn(101));
    // The other brings the same: nothing comes twice.
    one.send(&upload).await;
    one.ping().await;
    let more = one.take_passed();
    let entry = |frame: &ServerFrame| matches!(frame, ServerFrame::Entries { .. });
    assert!(!more.iter().any(entry), "{more:?}");
    // And the talk goes on by the server.
    assert_eq!(speak(&mut one, entry_id(1), Turn(101)).await, Seq(103));
}

#[tokio::test]
async fn what_cannot_be_is_refused_whole() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    let known = one.person().record().expect("a seat").clone();
    let entries = talk_without_server(&known, 5);
    let mut reordered = entries.clone();
    reordered.swap(3, 4);
    let mut forged = entries.clone();
    forged[4].sig = forged[3].sig;
    let mut dropped = entries.clone();
    dropped.remove(2);
    let seq = Seq(7);
    let cases = [
        (
            reordered,
            Fault::Gap {
                expected: Seq(6),
                found: seq,
            },
        ),
        (forged, Fault::Forged { seq }),
        (
            dropped,
            Fault::Gap {
                expected: Seq(5),
                found: Seq(6),
            },
        ),
    ];
    for (entries, fault) in cases {
        two.send(&ClientFrame::Upload { entries }).await;
        let refused = Rejection::NotBelieved { fault };
        assert_eq!(two.rejected().await, (None, refused));
    }
    // Nothing of them is there.
    assert_eq!(speak(&mut one, entry_id(1), Turn(1)).await, Seq(3));
    // Now the journal has another entry in that place.
    two.send(&ClientFrame::Upload { entries }).await;
    let fault = Fault::OtherHistory { seq: Seq(3) };
    let refused = Rejection::NotBelieved { fault };
    assert_eq!(two.rejected().await, (None, refused));
}

#[tokio::test]
async fn a_signal_reaches_the_other_and_nobody_else() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    let payload = Sealed::new([1; 300]);
    one.send(&ClientFrame::Signal {
        payload: payload.clone(),
    })
    .await;
    let heard = two
        .pick("a signal", |frame| match frame {
            ServerFrame::Signal { payload } => Some(payload.clone()),
            _ => None,
        })
        .await;
    assert_eq!(heard, payload);
    one.ping().await;
    let signal = |frame: &ServerFrame| matches!(frame, ServerFrame::Signal { .. });
    assert!(!one.take_passed().iter().any(signal));
}
