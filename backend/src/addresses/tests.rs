//! Whose address it is, and what is counted and forgotten.

use super::*;
use axum::http::HeaderValue;

fn forwarded(peer: &str, lines: &[&'static str]) -> String {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
    }
    let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
        .iter()
        .map(|net| net.parse().unwrap())
        .collect();
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    client(peer, &headers, &trusted).to_string()
}

#[test]
fn only_trusted_proxies_are_believed_and_only_about_their_own_peer() {
    for (peer, lines, expected) in [
        ("192.0.2.1", &[][..], "192.0.2.1"),
        ("192.0.2.1", &["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", &[], "10.0.0.1"),
        ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
        // What the visitor wrote stands to the left of what the proxy saw.
        ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", &["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", &["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", &["10.0.0.3,10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", &["198.51.100.7, who, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", &["198.51.100.7:5000"], "198.51.100.7"),
        ("10.0.0.1", &["[2001:db8::1]:5000"], "2001:db8::1"),
        ("::ffff:10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", &["::ffff:198.51.100.7"], "198.51.100.7"),
    ] {
        assert_eq!(forwarded(peer, lines), expected, "{peer} {lines:?}");
    }
}

fn addresses(connections_per_address: u32, rooms_per_address_per_minute: u32) -> Addresses {
    Addresses::new(&Limits {
        connections_per_address,
        rooms_per_address_per_minute,
        ..Limits::default()
    })
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn what_is_no_socket_yet_counts_by_itself() {
    let addresses = Addresses::new(&Limits {
        connections_per_address: 1,
        plain_per_address: 2,
        ..Limits::default()
    });
    let now = Instant::now();
    let one = address("192.0.2.1");
    let first = addresses.meet(one, now).expect("the first");
    let _second = addresses.meet(one, now).expect("the second");
    assert!(addresses.meet(one, now).is_none());
    assert!(addresses.meet(address("192.0.2.2"), now).is_some());
    let socket = addresses
        .admit(one, now)
        .expect("a socket is another matter");
    assert!(addresses.admit(one, now).is_none());
    drop(first);
    assert!(addresses.meet(one, now).is_some());
    assert!(addresses.admit(one, now).is_none());
    drop(socket);
    assert!(addresses.admit(one, now).is_some());
}

#[test]
fn bytes_that_are_owed_are_owed_by_whoever_comes_back() {
    let limits = Limits::default();
    let addresses = Addresses::new(&limits);
    let now = Instant::now();
    let one = address("192.0.2.1");
    let much = 2 * limits.address_bytes.at_once as usize;
    let first = addresses.meet(one, now).expect("the first");
    assert!(!lock(&first.bytes()).spend(much, now).is_zero());
    drop(first);
    let again = addresses.admit(one, now).expect("there is room");
    assert!(!lock(&again.bytes()).spend(0, now).is_zero());
    let other = addresses.meet(address("192.0.2.2"), now).expect("room");
    assert!(lock(&other.bytes()).spend(0, now).is_zero());
}

#[test]
fn connections_count_while_they_last() {
    let addresses = addresses(2, 1);
    let now = Instant::now();
    let admit = |text| addresses.admit(address(text), now);
    let first = admit("192.0.2.1").expect("the first");
    let _second = admit("::ffff:192.0.2.1").expect("the same address, the second");
    assert!(admit("192.0.2.1").is_none());
    assert!(admit("192.0.2.2").is_some());
    drop(first);
    assert!(admit("192.0.2.1").is_some());
}

#[test]
fn in_ipv6_a_network_is_one() {
    let addresses = addresses(1, 1);
    let now = Instant::now();
    let _first = addresses.admit(address("2001:db8:0:1::1"), now);
    assert!(
        addresses
            .admit(address("2001:db8:0:1:ffff::2"), now)
            .is_none()
    );
    assert!(addresses.admit(address("2001:db8:0:2::1"), now).is_some());
}

#[test]
fn rooms_count_beyond_the_connection_and_are_forgotten_with_time() {
    let addresses = addresses(9, 2);
    let now = Instant::now();
    let open = |at| {
        let admitted = addresses.admit(address("192.0.2.1"), at).expect("few");
        admitted.open_room(at)
    };
    assert_eq!(open(now), Ok(()));
    assert_eq!(open(now), Ok(()));
    let wait = open(now).expect_err("the third at once");
    assert!(wait <= Duration::from_secs(30));
    // What is told rounds up to the next millisecond.
    let told = wait + Duration::from_millis(1);
    assert_eq!(open(now + told), Ok(()));
}

#[test]
fn who_has_gone_and_opened_nothing_is_forgotten() {
    let addresses = addresses(1, 1);
    let now = Instant::now();
    drop(addresses.admit(address("192.0.2.1"), now));
    let known = addresses.known();
    assert!(known.present.is_empty() && known.absent.is_empty());
}

#[test]
fn the_memory_of_the_absent_is_bounded() {
    let addresses = addresses(1, 1);
    let now = Instant::now();
    let present = addresses.admit(address("192.0.2.1"), now);
    for n in 0..2 * u32::try_from(MOST_ABSENT).unwrap() {
        let admitted = addresses.admit(IpAddr::V4(n.into()), now);
        admitted.expect("few").open_room(now).expect("the first");
    }
    let known = addresses.known();
    assert_eq!(known.present.len(), 1);
    assert!(known.absent.len() <= MOST_ABSENT);
    drop(known);
    drop(present);
}
