//! The documented sample client, `docs/client.py`, talks with ours over a real hub, and checks what it is shown.

mod lying_hub;
mod sample;
#[path = "../support/mod.rs"]
mod support;
mod vectors;

use shared::{Entry, Event, LeaveReason, Presence, RoomId, Saying, Seat, ServerFrame, Turn};
use support::TestServer;
use test_client::{Client, conversation, entry_id, person};

use sample::Sample;

/// What is said from one side and from the other, a turn each.
const TALK: [(&str, &str); 4] = [
    ("hello", "hello to you"),
    ("👩🏽‍🚀 and 🏳️‍🌈 are one sign each", "e\u{301} is not \u{e9}"),
    ("שלום, מה שלומך?", "مرحبًا، أنا بخير (42)"),
    ("\"quoted\\\", <b>not bold</b>", "last"),
];

/// What an entry says to this client.
fn open(reader: &Client, entry: &Entry) -> String {
    let person = reader.person();
    let generation = person.generation().expect("a seat");
    let words = person.read(generation, entry);
    words.expect("it was sealed for this client")
}

/// Says something sealed, and waits until it is stored.
async fn say(speaker: &mut Client, turn: Turn, text: &str) {
    speaker.ping().await;
    let id = entry_id(turn.0);
    let nonce = [u8::try_from(turn.0).expect("a short talk"); 24];
    let said = speaker
        .person()
        .say(Saying::in_turn(id, turn, true), text, &nonce);
    speaker.send(&said.expect("a key to seal with")).await;
    speaker.stored(id).await;
}

/// One turn of the sample client: what is typed arrives.
async fn speaks(sample: &mut Sample, listener: &mut Client, text: &str) {
    sample.prints("Your turn:").await;
    sample.types(text).await;
    hears(listener, text).await;
}

/// What the sample client says next is this.
async fn hears(listener: &mut Client, text: &str) {
    let said = |frame: &ServerFrame| match frame {
        ServerFrame::Entry(entry) if matches!(entry.event, Event::Say { .. }) => {
            Some(entry.clone())
        }
        _ => None,
    };
    let entry = listener.pick("what was typed", said).await;
    assert_eq!(open(listener, &entry), text);
}

/// One turn of the other side: what is said is printed.
async fn tells(sample: &mut Sample, speaker: &mut Client, seat: Seat, turn: Turn, text: &str) {
    say(speaker, turn, text).await;
    sample.prints(&format!("Seat {seat}: {text}")).await;
}

/// With its input at an end it gives the seat up, and that is no failure.
async fn leaves(mut sample: Sample, other: &mut Client) {
    sample.prints("Your turn:").await;
    sample.closes_input();
    let left = |frame: &ServerFrame| match frame {
        ServerFrame::Entry(entry) => match entry.event {
            Event::Leave { reason } => Some(reason),
            _ => None,
        },
        _ => None,
    };
    let reason = other.pick("the departure", left).await;
    assert_eq!(reason, LeaveReason::Asked);
    let (status, complaint) = sample.ended().await;
    assert_eq!((status.code(), complaint.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn it_waits_at_the_table_and_talks_from_the_first_seat() {
    let hub = TestServer::start().await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 1.").await;
    // Nobody to seal it for yet.
    let mut typed = TALK.iter().map(|(typed, _)| *typed);
    sample.types(typed.next().expect("a talk")).await;
    let (mut two, welcome) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    assert_eq!((welcome.seat, welcome.peer), (Seat::Two, Presence::Here {}));
    assert_eq!(welcome.head.0, 2, "the two sit, and nothing was said");
    sample.prints("Your turn:").await;
    let mut turn = Turn::FIRST;
    for (typed, said) in TALK {
        if turn == Turn::FIRST {
            hears(&mut two, typed).await;
        } else {
            speaks(&mut sample, &mut two, typed).await;
        }
        tells(&mut sample, &mut two, Seat::Two, turn.next(), said).await;
        turn = turn.next().next();
    }
    leaves(sample, &mut two).await;
}

#[tokio::test]
async fn it_takes_the_second_seat_at_the_table_and_talks() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.presence().await;
    let mut turn = Turn::FIRST;
    for (typed, said) in TALK {
        tells(&mut sample, &mut one, Seat::One, turn, said).await;
        speaks(&mut sample, &mut one, typed).await;
        turn = turn.next().next();
    }
    tells(&mut sample, &mut one, Seat::One, turn, "goodbye").await;
    leaves(sample, &mut one).await;
}

#[tokio::test]
async fn it_speaks_alone_in_a_conversation_and_signs_again_after_an_arrival() {
    let hub = TestServer::start().await;
    let room = conversation(1);
    let mut sample = Sample::start(hub.address, room);
    sample.prints("You have seat 1.").await;
    sample.prints("Your turn:").await;
    // It sits at its line and has not seen who came, so the hub refuses what it signs first: `behind`.
    let (mut two, _) = Client::sit(hub.address, room, &person(2)).await;
    sample.types("is anybody there?").await;
    hears(&mut two, "is anybody there?").await;
    let mut turn = Turn::FIRST;
    for (typed, said) in TALK {
        tells(&mut sample, &mut two, Seat::Two, turn.next(), said).await;
        speaks(&mut sample, &mut two, typed).await;
        turn = turn.next().next();
    }
    tells(&mut sample, &mut two, Seat::Two, turn.next(), "goodbye").await;
    leaves(sample, &mut two).await;
}

#[tokio::test]
async fn it_takes_the_second_seat_of_a_conversation_and_talks() {
    let hub = TestServer::start().await;
    // This room's name begins with a hyphen, as a flag would.
    let room = conversation(0xfb);
    assert!(room.to_string().starts_with('-'), "{room}");
    let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
    let mut turn = Turn::FIRST;

    // What was said before it came is the first that it shows.
    say(&mut one, turn, "is anybody there?").await;
    let mut sample = Sample::start(hub.address, room);
    sample.prints("You have seat 2.").await;
    sample.prints("Seat 1: is anybody there?").await;
    speaks(&mut sample, &mut one, "I am").await;
    for (said, typed) in TALK {
        turn = turn.next().next();
        tells(&mut sample, &mut one, Seat::One, turn, said).await;
        speaks(&mut sample, &mut one, typed).await;
    }
    let turn = turn.next().next();
    tells(&mut sample, &mut one, Seat::One, turn, "goodbye").await;
    leaves(sample, &mut one).await;
}

#[tokio::test]
async fn it_takes_a_seat_that_another_left_and_reads_nothing_of_theirs() {
    let hub = TestServer::start().await;
    let room = conversation(3);
    let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, room, &person(2)).await;
    say(&mut one, Turn::FIRST, "for you alone").await;
    two.leave().await;
    two.ended().await;
    let link = test_client::link(room).expect("a conversation");
    one.invite(link).await;
    let mut sample = Sample::start(hub.address, room);
    sample.prints("You have seat 2.").await;
    speaks(&mut sample, &mut one, "hello").await;
    let turn = Turn::FIRST.next().next();
    tells(&mut sample, &mut one, Seat::One, turn, "welcome").await;
    leaves(sample, &mut one).await;
}

#[tokio::test]
async fn as_a_third_it_is_refused_in_words() {
    let hub = TestServer::start().await;
    let (_one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (_two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    let mut third = Sample::start(hub.address, RoomId::Table);
    let (status, complaint) = third.ended().await;
    assert_eq!(status.code(), Some(1), "{complaint}");
    assert_eq!(complaint.trim_end(), "The hub refused: room full.");
}

#[tokio::test]
async fn when_the_hub_stops_it_says_so() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.presence().await;
    tells(&mut sample, &mut one, Seat::One, Turn::FIRST, "goodbye").await;
    speaks(&mut sample, &mut one, "goodbye").await;
    let stopped = tokio::spawn(hub.stop());
    // Without its goodbye the hub would wait for this one.
    one.ended().await;
    drop(one);
    let (status, complaint) = sample.ended().await;
    assert_eq!(status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("draining"), "{complaint}");
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_strangers_control_characters_do_not_reach_the_terminal() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.presence().await;
    say(&mut one, Turn::FIRST, "\u{1b}[2J\u{9b}2J\r\tgone?").await;
    sample.prints("Seat 1: ?[2J?2J??gone?").await;
}

#[tokio::test]
async fn what_does_not_open_is_told_and_the_talk_goes_on() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.presence().await;
    // Signed, and not sealed.
    one.say(entry_id(1), Turn::FIRST, "open to all").await;
    sample
        .prints("Seat 1 said something that cannot be read here.")
        .await;
    speaks(&mut sample, &mut one, "what?").await;
}
