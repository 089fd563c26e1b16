//! What the flags of `duologue serve` make of the server.

use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};
use duologue::config::{Cli, Command, Serve};
use duologue::{Limits, Settings};

fn serve(flags: &[&str]) -> Serve {
    let arguments = [&["duologue", "serve"], flags].concat();
    match Cli::try_parse_from(arguments).expect("good flags").command {
        Command::Serve(serve) => *serve,
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
fn a_relay_takes_its_secret() {
    let relay = ["--turn", "turn:turn.example.org:3478"];
    let refused = serve(&relay).settings().map_err(|error| error.to_string());
    assert!(refused.is_err_and(|why| why.contains("--turn-secret-file")));

    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("turn-secret");
    let _ = fs::remove_file(&file);
    let named = ["--turn-secret-file", file.to_str().expect("a plain name")];
    let flags = [relay, named].concat();
    let refused = serve(&flags).settings().map_err(|error| error.to_string());
    assert!(refused.is_err_and(|why| why.contains("cannot be read")));
    fs::write(&file, "\n").expect("written");
    assert!(serve(&flags).settings().is_err(), "nothing is in it");
    fs::write(&file, "north\n").expect("written");
    let ice = settings(&flags).ice;
    assert_eq!((ice.turn.len(), ice.stun.len()), (1, 0));
    assert_eq!(ice.good_for, Duration::from_secs(3600));
    assert!(ice.secret.is_some());

    let ice = settings(&["--stun", "stun:a.example,stun:b.example"]).ice;
    assert_eq!(ice.stun, ["stun:a.example", "stun:b.example"]);
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

/// What `text` has of a program's words that begin with `mark`, which is taken along.
fn words<'a>(text: &'a str, mark: &'static str) -> impl Iterator<Item = &'a str> {
    let end = |rest: &str| {
        let word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        rest.find(|c| !word(c)).unwrap_or(rest.len())
    };
    text.match_indices(mark)
        .map(move |(at, _)| &text[at..][..end(&text[at..])])
}

/// A setting that the server does not know is no error in the environment: nobody would be told.
#[test]
fn what_is_packaged_names_only_what_the_command_line_knows() {
    let mut program = Cli::command();
    program.build();
    let serve = program.find_subcommand("serve").expect("it serves");
    let flags: Vec<_> = serve.get_arguments().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let packaged = fs::read_dir(root.join("packaging")).expect("a folder");
    let mut files: Vec<_> = packaged.map(|item| item.expect("a file").path()).collect();
    files.push(root.join("docs/OPERATIONS.md"));
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a text");
        for name in words(&text, "DUOLOGUE_") {
            let known = |flag: &&clap::Arg| flag.get_env().is_some_and(|env| env == name);
            assert!(flags.iter().any(known), "{name} in {}", file.display());
            seen += 1;
        }
        // Other programs' flags are in these files, too.
        let served = text
            .lines()
            .filter_map(|line| line.split_once("duologue serve "));
        for name in served.flat_map(|(_, line)| words(line, "--")) {
            let known = |flag: &&clap::Arg| flag.get_long() == Some(&name[2..]);
            assert!(flags.iter().any(known), "{name} in {}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}
