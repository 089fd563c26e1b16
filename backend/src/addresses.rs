//! Who is at the other end, and what each address has open: so that one cannot use up what is there for all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use tokio::time::Instant;

use crate::limits::{Bucket, Limits};
use crate::meter::{SharedBucket, lock};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Addresses remembered at most while nobody is connected from them. Beyond that their counts begin anew.
const MOST_ABSENT: usize = 16 * 1024;

/// The address of whoever sent a request that came from `peer`: what the trusted proxies say, the nearest first, up to
/// the first address that is none of theirs. Whatever stands before that, anybody may have written.
pub(crate) fn client(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    // Byte by byte, whatever it is: one odd sign in front must not make its sender pass for the proxy.
    let lines: Vec<_> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .collect();
    let mut address = peer.ip().to_canonical();
    for told in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(address, trusted) {
            break;
        }
        match parse(told.trim()) {
            Some(told) => address = told,
            None => break,
        }
    }
    address
}

/// Whether it is the address of a proxy that is believed, and so stands for everybody who comes through it.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|net| net.contains(&address))
}

/// Some proxies write the port too.
fn parse(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let address = text.parse().ok().or_else(with_port)?;
    Some(IpAddr::to_canonical(&address))
}

/// One who is counted: an IPv4 address, or the /64 that a household or a machine has in IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Source(IpAddr);

impl Source {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(Ipv6Addr::from_bits(network).into())
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

/// What a connection counts as: plain from its beginning, and a socket from its upgrade on.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain,
    Socket,
}

/// What is open from one address.
#[derive(Debug)]
struct Counts {
    plain: u32,
    sockets: u32,
    rates: Rates,
}

/// What one address has used of its rates. It stays when all its connections are gone, until the rates are made good.
#[derive(Debug)]
struct Rates {
    rooms: Bucket,
    bytes: SharedBucket,
}

impl Rates {
    fn new(limits: &Limits, now: Instant) -> Self {
        let rooms = limits.rooms_per_address_per_minute;
        Self {
            rooms: Bucket::new(f64::from(rooms) / 60.0, rooms, now),
            bytes: Arc::new(Mutex::new(limits.address_bytes.bucket(now))),
        }
    }

    /// Whether forgetting them changes nothing.
    fn are_full(&mut self, now: Instant) -> bool {
        self.rooms.is_full(now) && lock(&self.bytes).is_full(now)
    }
}

impl Counts {
    fn of(&mut self, kind: Kind) -> &mut u32 {
        match kind {
            Kind::Plain => &mut self.plain,
            Kind::Socket => &mut self.sockets,
        }
    }
}

/// Whoever is connected is bounded by the connections that the system allows, whoever is not by [`MOST_ABSENT`].
#[derive(Debug, Default)]
struct Known {
    present: HashMap<Source, Counts>,
    absent: HashMap<Source, Rates>,
}

/// The counts of all addresses. Cheap to clone, and locked for a look-up only.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    limits: Limits,
    known: Arc<Mutex<Known>>,
}

impl Addresses {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            known: Arc::default(),
        }
    }

    /// Counts one more connection from `address`, of which nothing is known yet, until the answer is dropped; `None` when
    /// there are too many.
    pub(crate) fn meet(&self, address: IpAddr, now: Instant) -> Option<Admitted> {
        self.count(address, Kind::Plain, now)
    }

    /// Counts one more WebSocket from `address` until the answer is dropped; `None` when there are too many.
    pub(crate) fn admit(&self, address: IpAddr, now: Instant) -> Option<Admitted> {
        self.count(address, Kind::Socket, now)
    }

    fn count(&self, address: IpAddr, kind: Kind, now: Instant) -> Option<Admitted> {
        let most = match kind {
            Kind::Plain => self.limits.plain_per_address,
            Kind::Socket => self.limits.connections_per_address,
        };
        let source = Source::of(address);
        let Known { present, absent } = &mut *self.known();
        let count = present
            .get_mut(&source)
            .map_or(0, |counts| *counts.of(kind));
        if count >= most {
            return None;
        }
        let counts = present.entry(source).or_insert_with(|| Counts {
            plain: 0,
            sockets: 0,
            rates: absent
                .remove(&source)
                .unwrap_or_else(|| Rates::new(&self.limits, now)),
        });
        *counts.of(kind) += 1;
        Some(Admitted {
            addresses: self.clone(),
            source,
            kind,
            bytes: Arc::clone(&counts.rates.bytes),
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

/// A connection that is counted.
#[derive(Debug)]
pub(crate) struct Admitted {
    addresses: Addresses,
    source: Source,
    kind: Kind,
    bytes: SharedBucket,
}

impl Admitted {
    /// What the bytes of this connection are counted against.
    pub(crate) fn bytes(&self) -> SharedBucket {
        Arc::clone(&self.bytes)
    }

    /// Takes leave to open one more room.
    ///
    /// # Errors
    /// The time until there is leave.
    pub(crate) fn open_room(&self, now: Instant) -> Result<(), Duration> {
        let mut known = self.addresses.known();
        // Present while this value lives.
        let counts = known.present.get_mut(&self.source);
        counts.map_or(Ok(()), |counts| counts.rates.rooms.take(now))
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let Known { present, absent } = &mut *self.addresses.known();
        let Entry::Occupied(mut counts) = present.entry(self.source) else {
            return;
        };
        *counts.get_mut().of(self.kind) -= 1;
        if counts.get().plain + counts.get().sockets > 0 {
            return;
        }
        let mut rates = counts.remove().rates;
        if !rates.are_full(Instant::now()) {
            if absent.len() >= MOST_ABSENT {
                absent.clear();
            }
            absent.insert(self.source, rates);
        }
    }
}

#[cfg(test)]
mod tests;
