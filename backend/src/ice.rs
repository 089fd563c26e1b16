//! The servers that help two pages find a path of their own, and the passwords to those that relay.

use std::fmt;
use std::net::Ipv6Addr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use shared::{ConnectionId, IceServer, Timestamp};

/// Bytes of a name: enough to tell those apart who are here at a time.
const NAME: usize = 9;

/// What this server and the relay both know.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnSecret(String);

impl TurnSecret {
    /// Takes a text; white space around it is none of it.
    ///
    /// # Errors
    /// For a text of nothing else.
    pub fn new(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the secret is empty; write what the relay has as static-auth-secret".into()),
            secret => Ok(Self(secret.to_owned())),
        }
    }
}

/// Stays out of logs.
impl fmt::Debug for TurnSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnSecret")
    }
}

/// The servers, as an operator names them.
#[derive(Clone, Debug, Default)]
pub struct Ice {
    /// Those that tell a page its own address (STUN, RFC 8489), by URL.
    pub stun: Vec<String>,
    /// Those that relay (TURN, RFC 8656), by URL.
    pub turn: Vec<String>,
    /// What a relay lets in by.
    pub secret: Option<TurnSecret>,
    /// How long a password is good for.
    pub good_for: Duration,
}

impl Ice {
    /// The servers with a password made now, for this connection. Its name says nothing of who uses it, and is the same
    /// each time, so that a relay can limit what one takes.
    pub(crate) fn servers(&self, now: Timestamp, connection: ConnectionId) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if !self.stun.is_empty() {
            servers.push(IceServer {
                urls: self.stun.clone(),
                username: None,
                credential: None,
            });
        }
        if let Some(secret) = self.secret.as_ref().filter(|_| !self.turn.is_empty()) {
            let until = now.after(self.good_for).0.div_ceil(1000);
            let mut name = mac(secret, &connection.0.to_be_bytes());
            name.truncate(NAME);
            let name = URL_SAFE_NO_PAD.encode(name);
            let username = format!("{until}:{name}");
            servers.push(IceServer {
                urls: self.turn.clone(),
                credential: Some(password(secret, &username)),
                username: Some(username),
            });
        }
        servers
    }
}

/// HMAC-SHA1 (RFC 2104) under what both know.
fn mac(secret: &TurnSecret, bytes: &[u8]) -> Vec<u8> {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.0.as_bytes()) else {
        return Vec::new();
    };
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

/// The password for a name that begins with the Unix time at which it ends (draft-uberti-behave-turn-rest-00, section 2.2):
/// Base64 of the HMAC-SHA1 of the name.
fn password(secret: &TurnSecret, username: &str) -> String {
    STANDARD.encode(mac(secret, username.as_bytes()))
}

/// Takes the URL of a STUN server (RFC 7064).
///
/// # Errors
/// How it is to be written.
pub(crate) fn stun_url(text: &str) -> Result<String, String> {
    url(text, &["stun:", "stuns:"], &[])
        .ok_or_else(|| "write it like stun:turn.example.org:3478".into())
}

/// Takes the URL of a TURN server (RFC 7065).
///
/// # Errors
/// How it is to be written.
pub(crate) fn turn_url(text: &str) -> Result<String, String> {
    url(
        text,
        &["turn:", "turns:"],
        &["transport=udp", "transport=tcp"],
    )
    .ok_or_else(|| {
        "write it like turn:turn.example.org:3478 or turns:turn.example.org:5349?transport=tcp"
            .into()
    })
}

/// A URL that browsers take: one that they do not would leave everybody without a direct path.
fn url(text: &str, schemes: &[&str], queries: &[&str]) -> Option<String> {
    let rest = schemes
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))?;
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place, None),
    };
    let plain = |sign: char| sign.is_ascii_alphanumeric() || ".-".contains(sign);
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host_is_one = match address {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(plain),
    };
    let port_is_one = port.is_none_or(|port| port.parse().is_ok_and(|port: u16| port > 0));
    let query_is_known = query.is_none_or(|query| queries.contains(&query));
    (host_is_one && port_is_one && query_is_known).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ice() -> Ice {
        Ice {
            stun: vec!["stun:turn.example.org".into()],
            turn: vec!["turn:turn.example.org".into()],
            secret: TurnSecret::new("north\n").ok(),
            good_for: Duration::from_secs(3600),
        }
    }

    #[test]
    fn a_password_is_made_as_the_relay_makes_it() {
        // printf 1767229200:Ff7SBrlaQSQ | openssl dgst -sha1 -hmac north -binary | base64
        let secret = TurnSecret::new("north").expect("a secret");
        let password = password(&secret, "1767229200:Ff7SBrlaQSQ");
        assert_eq!(password, "4+Mso90ykH739C/qFr4BarTc9MU=");
    }

    #[test]
    fn a_name_tells_when_it_ends_and_not_whose_it_is() {
        let told = |id| ice().servers(Timestamp(1_000_000), ConnectionId(id));
        let names: Vec<_> = [told(1), told(2), told(1)]
            .iter()
            .map(|servers| servers[1].username.clone().expect("a name"))
            .collect();
        assert!(
            names.iter().all(|name| name.starts_with("4600:")),
            "{names:?}"
        );
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0], names[2], "a relay can count what one takes");
        assert_eq!(told(1)[0].credential, None);
    }

    #[test]
    fn without_servers_there_are_none() {
        let none = Ice::default().servers(Timestamp(0), ConnectionId(1));
        assert_eq!(none, vec![]);
        assert!(!format!("{:?}", ice()).contains("north"));
    }

    #[test]
    fn urls_are_those_of_the_standards() {
        for good in ["stun:a.example", "stuns:a.example:5349", "stun:[::1]:3478"] {
            assert_eq!(stun_url(good).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "stun:",
            "stun:a b",
            "http://a",
            "turn:a",
            "stun:a:",
            "stun:a?x=1",
            "stun:a?transport=udp",
            "stun:a:99999",
            "stun:a:0",
            "stun:a:b",
            "stun:a:1:2",
            "stun:[::1",
            "stun:::1",
            "stun:[a]",
        ] {
            assert!(stun_url(bad).is_err(), "{bad}");
        }
        for good in [
            "turn:a.example?transport=udp",
            "turns:a.example:443?transport=tcp",
        ] {
            assert_eq!(turn_url(good).as_deref(), Ok(good));
        }
        assert!(turn_url("stun:a").is_err());
    }
}
