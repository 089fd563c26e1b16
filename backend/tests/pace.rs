//! Who sends more bytes than anybody types is read later: nothing is lost, and others notice nothing.

mod support;

use std::time::{Duration, Instant};

use duologue::{Limits, Rate, Settings};
use shared::Turn;
use support::{TestServer, upgrade_and_stay};
use test_client::{Client, conversation, entry_id, person};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

const FREE: Rate = Rate {
    per_second: u32::MAX,
    at_once: u32::MAX,
};

async fn start(bytes: Rate, address_bytes: Rate, trusted: &[&str]) -> TestServer {
    let networks = trusted.iter().map(|net| net.parse().expect("a network"));
    TestServer::start_with(Settings {
        limits: Limits {
            bytes,
            address_bytes,
            ..Limits::default()
        },
        trusted_proxies: networks.collect(),
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn what_comes_too_fast_is_read_later_and_all_of_it() {
    let narrow = Rate {
        per_second: 100_000,
        at_once: 10_000,
    };
    for (own, address) in [(narrow, FREE), (FREE, narrow)] {
        let hub = start(own, address, &[]).await;
        let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
        let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
        one.ping().await;
        // 20 KB on the wire, again and again without waiting for an answer.
        let say = one.say_frame(entry_id(1), Turn::FIRST, false, &[b'x'; 15_000]);
        let start = Instant::now();
        for _ in 0..5 {
            one.send(&say).await;
        }
        for _ in 0..5 {
            one.stored(entry_id(1)).await;
        }
        two.entry().await;
        // 100 KB, of which 10 may come at once and the last read is not waited for.
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(700), "{took:?}");
    }
}

/// Sends WebSocket pings of 131 bytes each, the last of its own kind, and waits for the answer to that one.
async fn ping(socket: &mut TcpStream, times: usize) -> Instant {
    let ping = |mark: u8| {
        let mut frame = vec![0x89, 0x80 | 125, 0, 0, 0, 0];
        frame.resize(131, mark);
        frame
    };
    let mut sent = ping(b'x').repeat(times - 1);
    sent.extend(ping(b'!'));
    let (mut reading, mut writing) = socket.split();
    let answered = async {
        let mut heard = Vec::new();
        while !heard.ends_with(b"!!!") {
            let read = reading.read_buf(&mut heard).await.expect("it answers");
            assert_ne!(read, 0, "it stays");
        }
    };
    let both = async { tokio::join!(writing.write_all(&sent), answered) };
    let (sent, ()) = timeout(PATIENCE, both).await.expect("an answer");
    sent.expect("it reads");
    Instant::now()
}

#[tokio::test]
async fn behind_a_trusted_proxy_one_visitor_does_not_slow_another() {
    let narrow = Rate {
        per_second: 10_000,
        at_once: 2_000,
    };
    let hub = start(FREE, narrow, &["127.0.0.0/8"]).await;
    let (mut much, ..) = upgrade_and_stay(hub.address, "X-Forwarded-For: 192.0.2.1\r\n").await;
    let (mut little, ..) = upgrade_and_stay(hub.address, "X-Forwarded-For: 192.0.2.2\r\n").await;
    let start = Instant::now();
    let (late, early) = tokio::join!(ping(&mut much, 150), ping(&mut little, 1));
    assert!(late - start >= Duration::from_secs(1), "{:?}", late - start);
    assert!(early < late);
}
