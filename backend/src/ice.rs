//! The servers that help two pages find a path of their own, and the passwords to those that relay.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use shared::{IceServer, Timestamp};

use crate::outside::{NoRandomness, Randomness};

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
    /// The servers with a password made now. Its name says nothing of who uses it.
    ///
    /// # Errors
    /// No randomness is to be had.
    pub(crate) fn servers(
        &self,
        now: Timestamp,
        randomness: &Randomness,
    ) -> Result<Vec<IceServer>, NoRandomness> {
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
            let name = URL_SAFE_NO_PAD.encode(randomness.bytes::<9>()?);
            let username = format!("{until}:{name}");
            servers.push(IceServer {
                urls: self.turn.clone(),
                credential: Some(password(secret, &username)),
                username: Some(username),
            });
        }
        Ok(servers)
    }
}

/// The password for a name that begins with the Unix time at which it ends (draft-uberti-behave-turn-rest-00, section 2.2):
/// Base64 of the HMAC-SHA1 of the name.
fn password(secret: &TurnSecret, username: &str) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.0.as_bytes()) else {
        return String::new();
    };
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Takes the URL of a STUN server (RFC 7064).
///
/// # Errors
/// How it is to be written.
pub(crate) fn stun_url(text: &str) -> Result<String, String> {
    url(text, &["stun:", "stuns:"]).ok_or_else(|| "write it like stun:turn.example.org:3478".into())
}

/// Takes the URL of a TURN server (RFC 7065).
///
/// # Errors
/// How it is to be written.
pub(crate) fn turn_url(text: &str) -> Result<String, String> {
    url(text, &["turn:", "turns:"]).ok_or_else(|| {
        "write it like turn:turn.example.org:3478 or turns:turn.example.org:5349?transport=tcp"
            .into()
    })
}

fn url(text: &str, schemes: &[&str]) -> Option<String> {
    let rest = schemes
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))?;
    let (host, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = host.strip_suffix(':').map_or(host, |_| "");
    let plain = |sign: char| sign.is_ascii_alphanumeric() || ".-:[]".contains(sign);
    let known = matches!(query, "" | "transport=udp" | "transport=tcp");
    (!host.is_empty() && host.chars().all(plain) && known).then(|| text.to_owned())
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
        let randomness = Randomness::default();
        let told = || {
            ice()
                .servers(Timestamp(1_000_000), &randomness)
                .expect("bytes")
        };
        let names: Vec<_> = [told(), told()]
            .iter()
            .map(|servers| servers[1].username.clone().expect("a name"))
            .collect();
        assert!(
            names.iter().all(|name| name.starts_with("4600:")),
            "{names:?}"
        );
        assert_ne!(names[0], names[1]);
        assert_eq!(told()[0].credential, None);
    }

    #[test]
    fn without_servers_there_are_none() {
        let none = Ice::default().servers(Timestamp(0), &Randomness::default());
        assert_eq!(none.expect("bytes"), vec![]);
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
