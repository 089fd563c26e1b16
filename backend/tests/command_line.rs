//! The real binary: the address it prints, and one clear line for everything that can go wrong.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

use shared::{CloseCode, RoomId};
use test_client::{Client, Ended, person};

fn duologue(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    duologue(arguments).output().expect("the binary runs")
}

/// A failure is one line that says what and what to do; nothing goes to standard output.
fn fails_with(arguments: &[&str], hints: &[&str]) {
    let output = run(arguments);
    let complaint = String::from_utf8(output.stderr).expect("words");
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert_eq!(output.stdout, b"");
    for hint in hints {
        assert!(complaint.contains(hint), "{hint:?} in {complaint:?}");
    }
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[test]
fn a_used_port_is_told_with_advice() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    fails_with(
        &["serve", "--listen", &address],
        &[&address, "in use", "--listen"],
    );
}

#[test]
fn a_foreign_address_is_told_with_advice() {
    // Reserved for documentation (RFC 5737): no machine has it.
    fails_with(
        &["serve", "--listen", "192.0.2.1:1"],
        &["192.0.2.1:1", "--listen"],
    );
}

#[test]
fn bad_flags_are_explained() {
    for (arguments, hints) in [
        (
            &["--listen", "nowhere"][..],
            &["nowhere", "--listen", "127.0.0.1:8080"][..],
        ),
        (&["--listen", ""], &["--listen", "127.0.0.1:8080"]),
        (
            &["--listen", "127.0.0.1:99999"],
            &["--listen", "127.0.0.1:8080"],
        ),
        (&["--table-hold", "soon"], &["soon", "--table-hold"]),
        (&["--public-url", "example.org"], &["https://"]),
        (&["--public-url", "https://example.org/talk"], &["root"]),
        (&["--public-url", "https://me@example.org"], &["host"]),
        (&["--trusted-proxy", "my-proxy"], &["10.0.0.0/8"]),
        (
            &["--connections-per-address", "0"],
            &["--connections-per-address"],
        ),
        (&["--loud"], &["--loud", "--help"]),
        (&["--log", "duologue=loudly"], &["--log"]),
    ] {
        let arguments = [&["serve"], arguments].concat();
        fails_with(&arguments, hints);
    }
    fails_with(&[], &["--help"]);
}

#[test]
fn a_host_may_be_named() {
    let mut child = duologue(&["serve", "--listen", "localhost:0"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert!(line.contains("http://"), "{line:?}");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn every_address_is_told_as_one_that_opens() {
    let mut child = duologue(&["serve", "--listen", "0.0.0.0:0"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert!(line.contains("http://127.0.0.1:"), "{line:?}");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn help_explains_every_flag() {
    let help = String::from_utf8(run(&["serve", "--help"]).stdout).unwrap();
    for flag in [
        "--listen",
        "--memory",
        "--public-url",
        "--no-table",
        "--trusted-proxy",
        "--connections-per-address",
        "--rooms-per-address",
        "--table-hold",
        "--log",
        "DUOLOGUE_LISTEN",
        "DUOLOGUE_NO_TABLE",
    ] {
        assert!(help.contains(flag), "{flag} in {help}");
    }
}

/// Sends SIGTERM, as a service manager would.
fn terminate(child: &Child) {
    let killed = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .expect("kill runs");
    assert!(killed.success());
}

/// The address in the line that says it is ready.
fn told_address(child: &mut Child) -> String {
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("words");
    let url = line
        .split_whitespace()
        .find(|word| word.starts_with("http://127.0.0.1:"))
        .unwrap_or_else(|| panic!("no address in {line:?}"));
    url.trim_start_matches("http://").to_owned()
}

#[test]
fn it_prints_the_address_and_ends_in_peace() {
    let mut child = duologue(&["serve", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let address = told_address(&mut child);
    TcpStream::connect(address).expect("it listens there");

    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut complaint = String::new();
    let mut errors = child.stderr.take().unwrap();
    errors.read_to_string(&mut complaint).unwrap();
    assert_eq!(complaint, "");
}

#[tokio::test]
async fn whoever_connects_finds_it_as_the_flags_say() {
    let mut child = duologue(&["serve", "--listen", "127.0.0.1:0", "--no-table"])
        .spawn()
        .unwrap();
    let address = told_address(&mut child).parse().unwrap();
    let mut client = Client::connect(address).await;
    client.hello(RoomId::Table, &person(1), None).await;
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::NO_TABLE));
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn more_connections_than_file_descriptors_are_survived() {
    let binary = env!("CARGO_BIN_EXE_duologue");
    let mut child = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 32; exec \"$0\" serve --listen 127.0.0.1:0",
            binary,
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let address = told_address(&mut child);
    let crowd: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(&address).expect("the system takes it"))
        .collect();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    assert!(line.contains("cannot accept connections"), "{line}");

    drop(crowd);
    let mut stream = TcpStream::connect(&address).unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("alive\n"), "{answer}");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
