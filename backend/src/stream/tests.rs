//! How long bytes wait, by a clock that only waiting moves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::sync::Semaphore;

use super::*;
use crate::limits::Rate;
use crate::meter::SharedBucket;

const FREE: Rate = Rate {
    per_second: 1_000_000,
    at_once: 1_000_000,
};

const NARROW: Rate = Rate {
    per_second: 1000,
    at_once: 1000,
};

fn address(rate: Rate) -> SharedBucket {
    Arc::new(Mutex::new(rate.bucket(Instant::now())))
}

/// A connection with a meter, and its other end, from where bytes have been sent.
async fn sent(bytes: usize, meter: &Meter) -> (Stream<DuplexStream>, DuplexStream) {
    let (mut there, here) = duplex(1024 * 1024);
    let sent = there.write_all(&vec![0; bytes]).await;
    sent.expect("it fits");
    let places = Arc::new(Semaphore::new(1));
    let place = places.try_acquire_owned().expect("a place");
    (Stream::new(here, place, meter.clone()), there)
}

/// Reads so many bytes, 500 at once, and answers how long that took.
async fn time_to_read(stream: &mut Stream<DuplexStream>, bytes: usize) -> Duration {
    let start = Instant::now();
    for _ in 0..bytes / 500 {
        let read = stream.read_exact(&mut [0; 500]).await;
        read.expect("they were sent");
    }
    start.elapsed()
}

fn about(told: Duration, milliseconds: u64) -> bool {
    let expected = Duration::from_millis(milliseconds);
    told.abs_diff(expected) <= Duration::from_millis(10)
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_read_at_once_and_the_rest_at_its_rate() {
    let meter = Meter::default();
    let (mut stream, _there) = sent(9000, &meter).await;
    // Until it is known whose it is, nothing waits.
    assert!(about(time_to_read(&mut stream, 3000).await, 0));
    meter.start(NARROW, address(FREE), Instant::now());
    assert!(about(time_to_read(&mut stream, 1500).await, 0));
    assert!(about(time_to_read(&mut stream, 1500).await, 1500));
    // What is told again begins nothing anew.
    meter.start(NARROW, address(FREE), Instant::now());
    assert!(about(time_to_read(&mut stream, 500).await, 500));
}

#[tokio::test(start_paused = true)]
async fn the_connections_of_an_address_share_and_take_turns() {
    let shared = address(NARROW);
    let greedy = Meter::default();
    greedy.start(FREE, Arc::clone(&shared), Instant::now());
    let modest = Meter::default();
    modest.start(FREE, Arc::clone(&shared), Instant::now());
    let (mut much, _there) = sent(20_000, &greedy).await;
    let (mut little, _there) = sent(500, &modest).await;
    let flood = tokio::spawn(async move { time_to_read(&mut much, 20_000).await });
    // Not behind all that the other sends, only behind what was read of it.
    assert!(time_to_read(&mut little, 500).await <= Duration::from_secs(1));
    let took = flood.await.expect("it ends");
    assert!(took >= Duration::from_secs(18), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_waits_for_what_its_address_owes() {
    let shared = address(NARROW);
    let meter = Meter::default();
    meter.start(FREE, Arc::clone(&shared), Instant::now());
    let (mut stream, _there) = sent(3000, &meter).await;
    stream
        .read_exact(&mut [0; 3000])
        .await
        .expect("all at once");
    let fresh = Meter::default();
    fresh.start(FREE, shared, Instant::now());
    let (mut stream, _there) = sent(500, &fresh).await;
    assert!(about(time_to_read(&mut stream, 500).await, 2000));
}
