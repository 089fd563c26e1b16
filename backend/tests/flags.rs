//! What the flags of `duologue serve` make of the server.

use std::time::Duration;

use clap::Parser as _;
use duologue::config::{Cli, Command, Serve};
use duologue::{Limits, Settings};

fn serve(flags: &[&str]) -> Serve {
    let arguments = [&["duologue", "serve"], flags].concat();
    match Cli::try_parse_from(arguments).expect("good flags").command {
        Command::Serve(serve) => serve,
        other => panic!("{other:?}"),
    }
}

fn settings(flags: &[&str]) -> Settings {
    serve(flags).settings().expect("no files to read")
}

#[test]
fn without_flags_a_server_is_the_one_the_documents_describe() {
    let settings = settings(&[]);
    let hold = settings.table.map(|table| table.hold);
    assert_eq!(hold, Some(Duration::from_secs(60)));
    assert_eq!(settings.retention, None);
    assert_eq!(settings.public_url, None);
    assert_eq!(settings.trusted_proxies, []);
    assert!(settings.tls.is_none());
    let limits = settings.limits;
    assert_eq!(format!("{limits:?}"), format!("{:?}", Limits::default()));
}

#[test]
fn every_flag_reaches_the_server() {
    assert!(settings(&["--no-table"]).table.is_none());
    let month = Some(Duration::from_secs(30 * 24 * 60 * 60));
    assert_eq!(settings(&["--retention", "30d"]).retention, month);
    let table = settings(&["--table-hold", "5m"]).table;
    assert_eq!(
        table.map(|table| table.hold),
        Some(Duration::from_secs(300))
    );

    let url = settings(&["--public-url", "https://talk.example.org/"]).public_url;
    assert_eq!(url.as_deref(), Some("https://talk.example.org"));

    let limits = settings(&["--connections-per-address", "3"]).limits;
    assert_eq!(limits, Limits::default().with_connections_per_address(3));
    let limits = settings(&["--rooms-per-address", "4"]).limits;
    assert_eq!(limits.rooms_per_address_per_minute, 4);

    let proxies = settings(&["--trusted-proxy", "127.0.0.1,10.0.0.0/8"]).trusted_proxies;
    let proxies: Vec<_> = proxies.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "10.0.0.0/8"]);
}

#[test]
fn conversations_are_kept_where_the_flags_say() {
    let folder = |flags: &[&str]| serve(flags).folder().expect("a home directory");
    assert_eq!(folder(&["--memory"]), None);
    assert_eq!(folder(&["--data", "here"]), Some("here".into()));
    let own = folder(&[]).expect("a directory");
    assert!(own.is_absolute() && own.ends_with("duologue"), "{own:?}");
}
