//! A crowd that sits and says nothing: what each of them costs, and how soon all are back after a restart.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use shared::Seat;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use crate::memory;
use crate::talk::{End, Kind};
use crate::target::{Start, Target};

/// Connections of one address: fewer than the server lets one have.
const OF_ONE_ADDRESS: u32 = 100;

/// Conversations that are being opened at once, at first.
const OPENING: usize = 32;

/// A try takes no longer, as the page has it.
const TRY: Duration = Duration::from_secs(5);

/// The page's waits between two tries: the first, how they grow, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(300);
const GROWTH: f64 = 1.7;
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Who is not back by then does not come.
const ALL_WITHIN: Duration = Duration::from_secs(120);

/// One line of the output; add fields, rename none.
#[derive(Clone, Debug, Serialize)]
pub struct CrowdFigures {
    /// Seated connections.
    pub connections: u32,
    /// Bytes of the target's memory for each of them.
    pub bytes_each: f64,
    /// Seconds from the restarted server's being ready to all being seated again.
    pub seated_again_s: Option<f64>,
    /// Tries that came to nothing.
    pub failed_tries: u64,
}

/// Seats a crowd, and where `server` says how, kills what they sit at, starts it again and has them come back.
///
/// # Errors
/// When somebody cannot be seated.
pub async fn run(
    kind: Kind,
    mut target: Target,
    connections: u32,
    again: Option<&Start<'_>>,
) -> Result<CrowdFigures> {
    let (ends, bytes_each) = gather(kind, &target, connections).await?;
    let mut figures = CrowdFigures {
        connections,
        bytes_each,
        seated_again_s: None,
        failed_tries: 0,
    };
    if let Some(start) = again {
        let address = target.address();
        target.kill().await?;
        drop(ends);
        target = start.at(address).await?;
        let (took, failed) = storm(target.address(), connections).await?;
        figures.seated_again_s = Some(took.as_secs_f64());
        figures.failed_tries = failed;
    }
    Ok(figures)
}

/// Seats so many, two a room, and answers what each takes in the memory of `target`.
///
/// # Errors
/// When somebody cannot be seated.
pub(crate) async fn gather(
    kind: Kind,
    target: &Target,
    connections: u32,
) -> Result<(Vec<End>, f64)> {
    // Whatever is made at the first use is not the crowd's.
    drop(seat(kind, target.address(), u32::MAX - 1).await?);
    let before = memory::of(target.process()?)?;
    let mut ends = Vec::new();
    let mut rooms = stream::iter(0..connections / 2)
        .map(|room| async move {
            let first = seat(kind, target.address(), 2 * room).await?;
            let second = seat(kind, target.address(), 2 * room + 1).await?;
            anyhow::Ok([first, second])
        })
        .buffer_unordered(OPENING);
    while let Some(pair) = rooms.next().await {
        ends.extend(pair.context("not everybody could be seated")?);
    }
    let after = memory::of(target.process()?)?;
    let bytes = after.saturating_sub(before) as f64 / f64::from(connections);
    Ok((ends, bytes))
}

/// Everybody at once, after a restart, as the page does it.
///
/// # Errors
/// When somebody does not get back, and why.
pub(crate) async fn storm(address: SocketAddr, connections: u32) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let coming = (0..connections).map(|number| come_back(address, number));
    let mut coming: stream::FuturesUnordered<_> = coming.collect();
    let mut back = Vec::new();
    let mut failed = 0;
    let all = async {
        while let Some(came) = coming.next().await {
            let (end, tries) = came?;
            back.push(end);
            failed += tries;
        }
        anyhow::Ok(())
    };
    let in_time = timeout(ALL_WITHIN, all).await;
    ensure!(in_time.is_ok(), "{} of {connections} came back", back.len());
    in_time??;
    Ok((start.elapsed(), failed))
}

async fn come_back(address: SocketAddr, number: u32) -> Result<(End, u64)> {
    let mut wait = FIRST_WAIT;
    // Not random, and spread as if it were.
    let chance = f64::from(number.wrapping_mul(2_654_435_761)) / f64::from(u32::MAX);
    let mut failed = 0;
    loop {
        sleep(wait.mul_f64(0.5 + chance).min(LONGEST_WAIT)).await;
        match timeout(TRY, seat(Kind::Server, address, number)).await {
            Ok(Ok(end)) => return Ok((end, failed)),
            // What the server refuses in words is no accident of the crowd.
            Ok(Err(error)) if error.to_string().contains("refuses") => return Err(error),
            Ok(Err(_)) | Err(_) => {
                failed += 1;
                wait = wait.mul_f64(GROWTH);
            }
        }
    }
}

/// One who sits: two a room, and a hundred of each address.
async fn seat(kind: Kind, address: SocketAddr, number: u32) -> Result<End> {
    let seat = Seat::BOTH[(number % 2) as usize];
    let stream = connect(address, number / OF_ONE_ADDRESS).await?;
    End::over(stream, kind, address, u64::from(number / 2), seat).await
}

/// From an address of its own: every address of 127.0.0.0/8 is this machine.
async fn connect(address: SocketAddr, house: u32) -> Result<TcpStream> {
    let [.., high, low] = house.to_be_bytes();
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 1, high, low), 0).into())?;
    let stream = socket.connect(address).await;
    stream.with_context(|| format!("cannot connect to {address}"))
}
