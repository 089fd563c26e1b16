//! The real binary: the address it prints, and one clear line for everything that can go wrong.

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use shared::{CloseCode, RoomId};
use support::certificate::{Certificate, folder};
use test_client::{Client, Ended, person};

fn duologue(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
    command
        .args(arguments)
        // Nothing is left in the home of whoever runs the tests.
        .env("DUOLOGUE_MEMORY", "true")
        .env_remove("DUOLOGUE_DATA")
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
    complains(&run(arguments), hints);
}

fn complains(output: &Output, hints: &[&str]) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert_eq!(output.stdout, b"");
    for hint in hints {
        assert!(complaint.contains(hint), "{hint:?} in {complaint:?}");
    }
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert!(complaint.matches("os error").count() < 2, "{complaint}");
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
        (&["--max-connections", "0"], &["--max-connections"]),
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
        "--data",
        "--memory",
        "--retention",
        "--public-url",
        "--tls-cert",
        "--tls-key",
        "--no-table",
        "--trusted-proxy",
        "--max-connections",
        "--connections-per-address",
        "--rooms-per-address",
        "--table-hold",
        "--log",
        "DUOLOGUE_LISTEN",
        "DUOLOGUE_DATA",
        "DUOLOGUE_NO_TABLE",
        "DUOLOGUE_TLS_CERT",
        "DUOLOGUE_TLS_KEY",
        "SIGHUP",
    ] {
        assert!(help.contains(flag), "{flag} in {help}");
    }
}

/// Sends SIGTERM, as a service manager would.
fn terminate(child: &Child) {
    tell(child, "-TERM");
}

fn tell(child: &Child, signal: &str) {
    let killed = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
}

/// The address in the line that says it is ready.
fn told_address(child: &mut Child) -> String {
    told_address_with(child, "http://")
}

fn told_address_with(child: &mut Child, scheme: &str) -> String {
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("words");
    let found = line
        .split_whitespace()
        .find_map(|word| word.strip_prefix(scheme));
    found
        .unwrap_or_else(|| panic!("no address in {line:?}"))
        .to_owned()
}

#[test]
fn a_certificate_that_cannot_be_used_is_told() {
    let home = folder("certificate-flags");
    let good = Certificate::write(&home);
    let (certificate, key) = (text(&good.certificate), text(&good.key));
    fs::create_dir(home.join("other")).unwrap();
    let other = Certificate::write(&home.join("other"));
    let (empty, missing) = (home.join("empty.pem"), home.join("missing.pem"));
    fs::write(&empty, "not PEM\n").unwrap();
    let damaged = home.join("damaged.pem");
    let begin = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    fs::write(&damaged, begin).unwrap();
    let (empty, missing, damaged) = (text(&empty), text(&missing), text(&damaged));

    fails_with(&["serve", "--tls-cert", certificate], &["--tls-key"]);
    fails_with(&["serve", "--tls-key", key], &["--tls-cert"]);
    for (certificate, key, hints) in [
        (missing, key, &[missing, "No such file", "--tls-cert"][..]),
        (
            certificate,
            missing,
            &[missing, "No such file", "--tls-key"],
        ),
        (text(&home), key, &[text(&home), "--tls-cert"]),
        (empty, key, &[empty, "no certificate", "--tls-cert"]),
        // As when the two are mixed up.
        (key, key, &[key, "no certificate", "--tls-cert"]),
        (certificate, empty, &[empty, "no private key", "--tls-key"]),
        (certificate, certificate, &["no private key", "--tls-key"]),
        (damaged, key, &[damaged, "damaged"]),
        (
            certificate,
            text(&other.key),
            &[certificate, "is not that of"],
        ),
    ] {
        let arguments = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            certificate,
        ];
        fails_with(&[&arguments[..], &["--tls-key", key]].concat(), hints);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in words")
}

#[tokio::test]
async fn with_a_certificate_it_speaks_tls_and_reads_it_again_when_told() {
    let home = folder("certificate-renewal");
    let first = Certificate::write(&home);
    let mut child = duologue(&["serve", "--listen", "127.0.0.1:0", "--log", "duologue=info"])
        .env("DUOLOGUE_TLS_CERT", &first.certificate)
        .env("DUOLOGUE_TLS_KEY", &first.key)
        .spawn()
        .unwrap();
    let address = told_address_with(&mut child, "https://").parse().unwrap();
    first.connect(address).await.expect("a handshake");

    let second = Certificate::write(&home);
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    tell(&child, "-HUP");
    log.read_line(&mut line).unwrap();
    assert!(line.contains("the certificate was read again"), "{line}");
    second.connect(address).await.expect("the new one");

    fs::remove_file(&second.key).unwrap();
    line.clear();
    tell(&child, "-HUP");
    log.read_line(&mut line).unwrap();
    assert!(
        line.contains("stays") && line.contains(text(&second.key)),
        "{line}"
    );
    second.connect(address).await.expect("still the new one");
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
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
    client.hello(RoomId::Table, &person(1)).await;
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::NO_TABLE));
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// The binary with few file descriptors, some of them in use already, and connections until it has no room for more.
fn crowded(shell: &str, arguments: &str, complaint: &str) {
    let serve = format!("{shell}; exec \"$0\" serve --memory --listen 127.0.0.1:0 {arguments}");
    let mut child = Command::new("sh")
        .args(["-c", &serve, env!("CARGO_BIN_EXE_duologue")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let address = told_address(&mut child);
    let crowd: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(&address).expect("the system takes it"))
        .collect();
    let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    log.read_line(&mut line).expect("words");
    assert!(line.contains(complaint), "{line}");

    drop(crowd);
    // Until it has noticed that they are gone, it may send one more away.
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    while answer.is_empty() {
        let mut stream = TcpStream::connect(&address).expect("the system takes it");
        let _ = stream.write_all(request);
        let _ = stream.read_to_string(&mut answer);
    }
    assert!(answer.ends_with("alive\n"), "{answer}");
    terminate(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn there_are_fewer_connections_than_file_descriptors() {
    crowded("ulimit -n 64", "", "all 32 connections are taken");
    let few = "--max-connections 5";
    crowded("ulimit -n 128", few, "all 5 connections are taken");
}

#[test]
fn running_out_of_file_descriptors_all_the_same_is_survived() {
    let inherited: String = (3..10).map(|n| format!(" {n}</dev/null")).collect();
    let shell = format!("ulimit -n 24; exec{inherited}");
    crowded(&shell, "", "cannot accept connections");
}

#[test]
fn more_connections_than_the_system_allows_are_refused() {
    let serve = "ulimit -n 100; exec \"$0\" serve --listen 127.0.0.1:0 --max-connections 51";
    let output = Command::new("sh")
        .args(["-c", serve, env!("CARGO_BIN_EXE_duologue")])
        .output()
        .expect("the binary runs");
    complains(&output, &["--max-connections 51", "the 50", "ulimit"]);
}
