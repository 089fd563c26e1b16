//! The command line: flags, environment, defaults and their reasons.

mod direct;
mod journal;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use etcetera::base_strategy::{BaseStrategy as _, choose_base_strategy};
use ipnet::IpNet;

use crate::limits::Limits;
use crate::server::{Settings, Table};
use crate::tls::Tls;

pub use direct::{Direct, Unusable};
pub use journal::{Journal, Task};

/// Where a server listens, and is asked, unless told otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// Two people, two seats, one floor: a conversation hub to host yourself.
#[derive(Debug, Parser)]
#[command(name = "duologue", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the page and the hub.
    Serve(Box<Serve>),
    /// Ask the server on this machine whether it is ready: nothing and exit code 0 if it is, else why not and 1.
    Health(Health),
    /// Look at a journal, write it out or copy it, while a server runs on it or not.
    Journal(Journal),
}

/// The flags of `duologue health`. In the environment they are those of the server it asks.
#[derive(Debug, Args)]
pub struct Health {
    /// Address and port the server listens on.
    #[arg(
        long,
        env = "DUOLOGUE_LISTEN",
        value_name = "ADDRESS",
        default_value = LISTEN,
        value_parser = listen_address
    )]
    pub listen: String,

    /// The certificate the server speaks TLS with. Which one it shows is not looked at.
    #[arg(long, env = "DUOLOGUE_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
}

/// The flags of `duologue serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one. Use 0.0.0.0:8080 to be reached from other machines.
    #[arg(
        long,
        env = "DUOLOGUE_LISTEN",
        value_name = "ADDRESS",
        default_value = LISTEN,
        value_parser = listen_address
    )]
    pub listen: String,

    /// Keep conversations in this directory, which is made if there is none and belongs to one server at a time.
    /// [default: duologue in the user's directory for state, e.g. `~/.local/state/duologue`]
    #[arg(long, env = "DUOLOGUE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Keep conversations in memory only: they are gone when the process ends.
    #[arg(long, env = "DUOLOGUE_MEMORY", conflicts_with = "data")]
    pub memory: bool,

    /// Forget a conversation, whole and for good, when nothing was said in it for so long, e.g. `30d`, and nobody is
    /// there. Told by the system's clock, once that has run evenly for an hour, or for TIME where that is shorter.
    /// [default: conversations are kept until both have left]
    #[arg(long, env = "DUOLOGUE_RETENTION", value_name = "TIME", value_parser = at_least_a_second)]
    pub retention: Option<Duration>,

    /// Speak TLS with the certificate in this file (PEM, the server's own first, then those that vouch for it). After a
    /// renewal SIGHUP makes the server read it again.
    #[arg(
        long,
        env = "DUOLOGUE_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key (PEM, without a password).
    #[arg(
        long,
        env = "DUOLOGUE_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    pub tls_key: Option<PathBuf>,

    /// The address people reach this server by, e.g. `https://talk.example.org`; needed where a proxy stands before it.
    /// Pages from there may open sockets here; with https, browsers are told never to come by http again.
    #[arg(long, env = "DUOLOGUE_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// A proxy to believe when it says by X-Forwarded-For whose request it carries: an address or a network, e.g.
    /// `127.0.0.1` or `10.0.0.0/8`; may be given several times. Without it everybody behind a proxy counts as one.
    #[arg(
        long,
        env = "DUOLOGUE_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// How many connections may be open in all; one more is closed at once. Each takes a file descriptor, and 64 are kept
    /// for the rest. [default: as many as the system's limit for the process allows, at most 32768]
    #[arg(
        long,
        env = "DUOLOGUE_MAX_CONNECTIONS",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_connections: Option<u32>,

    /// How many WebSockets one address may have open at once, and how many other connections beside them. More
    /// WebSockets are answered with 429, more of the others closed at once. The bytes taken from one address a second
    /// grow with it: 1 MiB for 256.
    #[arg(
        long,
        env = "DUOLOGUE_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value_t = Limits::default().connections_per_address,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub connections_per_address: u32,

    /// How many conversations a minute may be opened from one address.
    #[arg(
        long,
        env = "DUOLOGUE_ROOMS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value_t = Limits::default().rooms_per_address_per_minute,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub rooms_per_address: u32,

    /// What helps two pages find a path of their own.
    #[command(flatten)]
    pub direct: Direct,

    /// Show at `/faults` what becomes of a talk when the server, or the path between two pages, is cut. Its pages do as they are
    /// told from there: not for servers that others use.
    #[arg(long, env = "DUOLOGUE_DEMO")]
    pub demo: bool,

    /// Keep no table: `/` only offers a new conversation. For servers that strangers can reach.
    #[arg(long, env = "DUOLOGUE_NO_TABLE")]
    pub no_table: bool,

    /// How long the table keeps a seat for someone who is away.
    #[arg(
        long,
        env = "DUOLOGUE_TABLE_HOLD",
        value_name = "TIME",
        default_value = "60s",
        value_parser = humantime::parse_duration
    )]
    pub table_hold: Duration,

    /// What to log, e.g. `info`, `duologue=debug`, `off`. Words and keys are never logged.
    #[arg(
        long,
        env = "DUOLOGUE_LOG",
        value_name = "FILTER",
        default_value = "warn"
    )]
    pub log: String,
}

/// There is no directory of the user's own to keep conversations in.
#[derive(Debug, thiserror::Error)]
#[error(
    "you have no home directory; name one to keep conversations in with --data, or keep nothing with --memory"
)]
pub struct NoHome;

impl Serve {
    /// The first line of output: the address to open.
    #[must_use]
    pub fn greeting(&self, listening: SocketAddr) -> String {
        if let Some(url) = &self.public_url {
            return format!("Duologue is ready. Open {url} in two browsers.");
        }
        let port = listening.port();
        let scheme = match self.tls_cert {
            Some(_) => "https",
            None => "http",
        };
        if listening.ip().is_unspecified() {
            return format!(
                "Duologue is ready. Open {scheme}://127.0.0.1:{port} here, or this machine's own address from others."
            );
        }
        format!("Duologue is ready. Open {scheme}://{listening} in two browsers.")
    }

    /// Where conversations are kept; `None` for memory.
    ///
    /// # Errors
    /// Where none is named, a user without a home directory.
    pub fn folder(&self) -> Result<Option<PathBuf>, NoHome> {
        if self.memory {
            return Ok(None);
        }
        if let Some(folder) = &self.data {
            return Ok(Some(folder.clone()));
        }
        let user = choose_base_strategy().map_err(|_| NoHome)?;
        let state = user.state_dir().unwrap_or_else(|| user.data_dir());
        Ok(Some(state.join("duologue")))
    }

    /// How the server is to behave.
    ///
    /// # Errors
    /// A certificate, a key or a relay's secret that is not there, or cannot be read or used.
    pub fn settings(&self) -> Result<Settings, Unusable> {
        let hold = self.table_hold;
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(Tls::read(certificate, key)?),
            // One without the other is refused when the flags are read.
            _ => None,
        };
        Ok(Settings {
            table: (!self.no_table).then_some(Table { hold }),
            retention: self.retention,
            limits: Limits {
                rooms_per_address_per_minute: self.rooms_per_address,
                ..Limits::default().with_connections_per_address(self.connections_per_address)
            },
            trusted_proxies: self.trusted_proxy.clone(),
            public_url: self.public_url.clone(),
            demo: self.demo,
            ice: self.direct.ice()?,
            tls,
        })
    }
}

/// Takes a network, or an address as a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let one = |_| text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(one)
        .map_err(|_| "write it like 127.0.0.1 or 10.0.0.0/8".to_owned())
}

/// Takes a time of a second at least: less would be no time for anything.
fn at_least_a_second(text: &str) -> Result<Duration, String> {
    let kept = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if kept < Duration::from_secs(1) {
        return Err("write a time like 30d or 12h".to_owned());
    }
    Ok(kept)
}

/// Takes a host, by name or number, and a port. Whether it can be listened on shows when it is tried.
fn listen_address(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("write an address and a port, like 127.0.0.1:8080".to_owned()),
    }
}

/// Says in one line what is wrong with the command line, with help where help was asked for.
#[must_use]
pub fn explain(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Help or the version, as asked for. Where it cannot be written, nobody is reading.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // The first paragraph says what; the rest is usage, which --help shows better.
    let whole = error.render().to_string();
    let what = whole.split("\n\n").next().unwrap_or_default();
    let what = what.trim_start_matches("error: ").split_whitespace();
    let what: Vec<_> = what.collect();
    // It ends with whose usage it is.
    let about = ["journal", "health"]
        .into_iter()
        .find(|command| whole.contains(&format!("Usage: duologue {command}")));
    let command = about.unwrap_or("serve");
    eprintln!(
        "duologue: {}; see duologue {command} --help",
        what.join(" ")
    );
    ExitCode::FAILURE
}

/// Takes `http://` or `https://` and a host, without a path: the page lives at the root.
fn public_url(text: &str) -> Result<String, String> {
    let url: axum::http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    let scheme = url.scheme_str().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || url.host().is_none() {
        return Err("write it like https://talk.example.org".to_owned());
    }
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if !authority.bytes().all(plain) {
        return Err("leave out all but the host and the port".to_owned());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() {
        return Err("the page lives at the root: leave out the path".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}
