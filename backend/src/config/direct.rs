//! The flags about what helps two pages find a path of their own.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::ice::{self, Ice, TurnSecret};
use crate::tls::TlsError;

/// The servers that two pages find each other by, and how a relay lets them in.
#[derive(Clone, Debug, Args)]
pub struct Direct {
    /// A server that tells a page its own address (STUN), so that two pages find a path of their own across networks, like
    /// `stun:turn.example.org:3478`. May be given several times.
    #[arg(
        long,
        env = "DUOLOGUE_STUN",
        value_name = "URL",
        value_delimiter = ',',
        value_parser = ice::stun_url
    )]
    pub stun: Vec<String>,

    /// A server that relays between two pages that find no other path (TURN), like `turn:turn.example.org:3478`. May be given
    /// several times. It takes --turn-secret or --turn-secret-file as well.
    #[arg(
        long,
        env = "DUOLOGUE_TURN",
        value_name = "URL",
        value_delimiter = ',',
        value_parser = ice::turn_url
    )]
    pub turn: Vec<String>,

    /// What the relay has as `static-auth-secret`: short-lived passwords are made of it. Others on this machine can see
    /// the command line; use the environment or the file.
    #[arg(
        long,
        env = "DUOLOGUE_TURN_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        conflicts_with = "turn_secret_file",
        value_parser = TurnSecret::new
    )]
    pub turn_secret: Option<TurnSecret>,

    /// A file with that secret.
    #[arg(long, env = "DUOLOGUE_TURN_SECRET_FILE", value_name = "FILE")]
    pub turn_secret_file: Option<PathBuf>,

    /// How long a relay's password is good for.
    #[arg(
        long,
        env = "DUOLOGUE_TURN_TTL",
        value_name = "TIME",
        default_value = "1h",
        value_parser = super::at_least_a_second
    )]
    pub turn_ttl: Duration,
}

/// Flags that are well written, and cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A relay without the secret to let anybody in by.
    #[error(
        "--turn takes the relay's secret too; name it with --turn-secret-file or DUOLOGUE_TURN_SECRET"
    )]
    NoTurnSecret,
    /// The secret's file.
    #[error("the relay's secret cannot be read from {}: {why}", file.display())]
    TurnSecretFile {
        /// Which.
        file: PathBuf,
        /// Why not.
        why: String,
    },
}

impl Direct {
    pub(super) fn ice(&self) -> Result<Ice, Unusable> {
        let secret = match (&self.turn_secret, &self.turn_secret_file) {
            (Some(secret), _) => Some(secret.clone()),
            (None, Some(file)) => {
                let unreadable = |why| Unusable::TurnSecretFile {
                    file: file.clone(),
                    why,
                };
                let text = std::fs::read_to_string(file);
                let text = text.map_err(|error| unreadable(error.to_string()))?;
                Some(TurnSecret::new(&text).map_err(unreadable)?)
            }
            (None, None) => None,
        };
        if secret.is_none() && !self.turn.is_empty() {
            return Err(Unusable::NoTurnSecret);
        }
        Ok(Ice {
            stun: self.stun.clone(),
            turn: self.turn.clone(),
            secret,
            good_for: self.turn_ttl,
        })
    }
}
