//! What is not a frame, or not allowed: a typed answer, the room untouched, the other seat unaffected.

mod support;

use std::time::Duration;

use duologue::{Limits, Settings};
use shared::{
    Bookmark, ClientFrame, CloseCode, EntryHash, Epoch, MAX_FRAME_BYTES, MAX_SEALED_BYTES, Person,
    Rejection, RoomId, Seq, Turn,
};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, person, words};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// Seat 1 sits and talks on with seat 2 after whatever `offend` did to its own socket.
async fn the_other_is_unaffected(
    offend: impl AsyncFnOnce(&mut Client),
    expected: Option<CloseCode>,
) {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    offend(&mut two).await;
    if let Some(code) = expected {
        assert_eq!(two.ended().await, Ended::Closed(code));
    }
    one.say(entry_id(1), Turn::FIRST, "as if nothing had happened")
        .await;
    one.stored(entry_id(1)).await;
    let (mut back, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    let entries = back.entries().await;
    assert_eq!(
        entries.len(),
        3,
        "two arrivals and one message: {entries:?}"
    );
    assert_eq!(words(&entries[2]), "as if nothing had happened");
}

async fn malformed(client: &mut Client, text: &str, hint: &str) {
    client.send_raw(Message::text(text)).await;
    match client.rejected().await {
        (None, Rejection::Malformed { detail }) => {
            assert!(detail.contains(hint), "{detail:?} should speak of {hint:?}");
        }
        other => panic!("{text} was answered by {other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_frame_is_refused_with_the_reason() {
    the_other_is_unaffected(
        async |two| {
            malformed(two, "hello?", "expected value").await;
            malformed(two, "[]", "type").await;
            malformed(two, "{}", "type").await;
            malformed(two, r#"{"type":"shout"}"#, "shout").await;
            malformed(two, r#"{"type":"pass"}"#, "turn").await;
            malformed(two, r#"{"type":"pass","turn":1,"loud":true}"#, "loud").await;
            malformed(two, r#"{"type":"ping","extra":1}"#, "extra").await;
            malformed(two, r#"{"type":"pass","turn":-1}"#, "-1").await;
            malformed(two, r#"{"type":"pass","turn":"1"}"#, "string").await;
            let bad_id = r#"{"type":"say","id":"a*c","turn":1,"end_turn":true,"sealed":""}"#;
            malformed(two, bad_id, "base64url").await;
            let deep = format!("{{\"deep\":{}", "[".repeat(5000));
            malformed(two, &deep, "recursion").await;
            two.ping().await;
        },
        None,
    )
    .await;
}

#[tokio::test]
async fn a_text_that_is_not_utf8_ends_the_connection() {
    let bytes = vec![b'"', 0xff, 0xfe, b'"'];
    let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
    the_other_is_unaffected(
        async |two| two.send_raw(Message::Frame(frame)).await,
        Some(CloseCode::NOT_UTF8),
    )
    .await;
}

#[tokio::test]
async fn binary_is_not_spoken_here() {
    the_other_is_unaffected(
        async |two| two.send_raw(Message::binary(vec![1, 2, 3])).await,
        Some(CloseCode::UNSUPPORTED),
    )
    .await;
}

#[tokio::test]
async fn an_over_long_message_is_refused_and_one_at_the_limit_is_not() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    one.ping().await;
    let say = |one: &Client, number, bytes| {
        one.say_frame(entry_id(number), Turn::FIRST, true, &vec![b'x'; bytes])
    };
    let long = say(&one, 1, MAX_SEALED_BYTES + 1);
    one.send(&long).await;
    let limit = MAX_SEALED_BYTES;
    let too_large = Rejection::TooLarge { limit };
    assert_eq!(one.rejected().await, (Some(entry_id(1)), too_large));
    let fits = say(&one, 2, MAX_SEALED_BYTES);
    one.send(&fits).await;
    one.stored(entry_id(2)).await;
}

#[tokio::test]
async fn an_over_long_frame_ends_the_connection() {
    the_other_is_unaffected(
        async |two| {
            let text = "x".repeat(MAX_FRAME_BYTES + 1);
            two.send_raw(Message::text(text)).await;
        },
        Some(CloseCode::TOO_BIG),
    )
    .await;
}

#[tokio::test]
async fn an_over_long_message_in_short_fragments_ends_the_connection() {
    let half = vec![b'x'; MAX_FRAME_BYTES / 2 + 1];
    the_other_is_unaffected(
        async |two| {
            for (kind, is_last) in [(Data::Text, false), (Data::Continue, true)] {
                let frame = Frame::message(half.clone(), OpCode::Data(kind), is_last);
                two.send_raw(Message::Frame(frame)).await;
            }
        },
        Some(CloseCode::TOO_BIG),
    )
    .await;
}

#[tokio::test]
async fn a_break_of_the_websocket_protocol_ends_the_connection() {
    let mut frame = Frame::message(b"{}".to_vec(), OpCode::Data(Data::Text), true);
    // For extensions, of which none was agreed on.
    frame.header_mut().rsv1 = true;
    the_other_is_unaffected(
        async |two| two.send_raw(Message::Frame(frame)).await,
        Some(CloseCode::PROTOCOL),
    )
    .await;
}

#[tokio::test]
async fn nothing_comes_before_hello() {
    let hub = TestServer::start().await;
    for text in [r#"{"type":"ping"}"#, r#"{"type":"typing"}"#] {
        let mut client = Client::connect(hub.address).await;
        client.send_raw(Message::text(text)).await;
        assert_eq!(client.rejected().await, (None, Rejection::HelloFirst {}));
        assert_eq!(client.ended().await, Ended::Closed(CloseCode::HELLO_FIRST));
    }
    let mut client = Client::connect(hub.address).await;
    malformed(&mut client, "what?", "expected value").await;
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::HELLO_FIRST));
    // None of them took a seat.
    let (_, welcome) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    assert_eq!(welcome.head.0, 1);
}

#[tokio::test]
async fn a_misspelt_position_is_refused_and_not_passed_over() {
    let hub = TestServer::start().await;
    let mut client = Client::connect(hub.address).await;
    let mut hello = Person::new(RoomId::Table, person(1), Vec::new()).hello(&client.nonce);
    if let ClientFrame::Hello { position, .. } = &mut hello {
        *position = Some(Bookmark {
            epoch: Epoch(7),
            seq: Seq(3),
            hash: EntryHash([0; 32]),
        });
    }
    let mut hello = serde_json::to_value(&hello).expect("a frame is JSON");
    hello["position"]["head"] = 4.into();
    malformed(&mut client, &hello.to_string(), "head").await;
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::HELLO_FIRST));
}

#[tokio::test]
async fn hello_is_said_once() {
    the_other_is_unaffected(
        async |two| {
            let elsewhere = Person::new(conversation(5), person(2), Vec::new());
            let again = elsewhere.hello(&two.nonce);
            two.send(&again).await;
            assert_eq!(two.rejected().await, (None, Rejection::HelloTwice {}));
        },
        None,
    )
    .await;
}

#[tokio::test]
async fn a_flood_is_slowed_down_and_then_ended() {
    the_other_is_unaffected(
        async |two| {
            let limits = Limits::default();
            for _ in 0..4 * (limits.burst + limits.patience) {
                let sent = two.try_send_raw(Message::text(r#"{"type":"ping"}"#)).await;
                if sent.is_err() {
                    break;
                }
            }
            let (id, rejection) = two.rejected().await;
            assert!(matches!(rejection, Rejection::RateLimited { after } if after > 0));
            assert!(rejection.is_retryable() && id.is_none());
        },
        Some(CloseCode::FLOOD),
    )
    .await;
}

#[tokio::test]
async fn a_socket_that_says_nothing_is_closed() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            hello_within: Duration::from_millis(50),
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    let mut client = Client::connect(hub.address).await;
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::SILENT));
}

#[tokio::test]
async fn a_socket_without_the_subprotocol_is_told_which_to_offer() {
    let hub = TestServer::start().await;
    let mut stream = tokio::net::TcpStream::connect(hub.address).await.unwrap();
    let upgrade = format!(
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        hub.address
    );
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let mut answer = vec![0; 1024];
    let read = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("duologue.v1"), "{answer}");
}
