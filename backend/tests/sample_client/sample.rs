//! Running the documents' Python programs.

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use shared::RoomId;
use test_client::link;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// What should come comes within this time, or the test has failed. Generous: only a failure waits it out.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The interpreter that `cargo xtask test` names, or else the one that `cargo xtask setup` made, found as it is there.
fn python() -> PathBuf {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("DUOLOGUE_PYTHON")
        .or_else(|| {
            let cache = set("DUOLOGUE_CACHE")
                .or_else(|| Some(set("XDG_CACHE_HOME")?.join("duologue")))
                .or_else(|| Some(env::home_dir()?.join(".cache/duologue")))?;
            Some(cache.join("python/bin/python")).filter(|python| python.is_file())
        })
        .expect(
            "no Python with websockets and PyNaCl: run `cargo xtask setup`, or set DUOLOGUE_PYTHON",
        )
}

/// One of the documents' programs, to be started.
pub(crate) fn run(program: &str) -> Command {
    let documents = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"));
    let mut command = Command::new(python());
    command
        // Leaves no bytecode beside the documents.
        .arg("-B")
        .arg(documents.join(program))
        // Neither the machine's locale nor its proxy is under test.
        .env("PYTHONUTF8", "1")
        .env("NO_PROXY", "127.0.0.1");
    command
}

/// A running `docs/client.py`.
pub(crate) struct Sample {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Sample {
    /// At the table, or by the link that [`link`] gives.
    pub(crate) fn start(hub: SocketAddr, room: RoomId) -> Self {
        let link = link(room).map(|link| format!("--link={room}#{}", link.to_fragment()));
        let mut child = run("client.py")
            .arg(format!("ws://{hub}/ws"))
            .args(link)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self {
            child,
            input,
            output,
        }
    }

    /// Waits for the next line, which must be this one.
    pub(crate) async fn prints(&mut self, expected: &str) {
        let line = timeout(PATIENCE, self.output.next_line()).await;
        match line.expect("the sample client prints").expect("UTF-8") {
            Some(line) => assert_eq!(line, expected),
            None => panic!("waited for {expected:?}; {:?}", self.ended().await),
        }
    }

    /// Ends its input.
    pub(crate) fn closes_input(&mut self) {
        self.input = None;
    }

    pub(crate) async fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("input has not ended");
        input
            .write_all(format!("{line}\n").as_bytes())
            .await
            .expect("the sample client reads");
    }

    /// Waits for its end: exit status, and what it complained of.
    pub(crate) async fn ended(&mut self) -> (ExitStatus, String) {
        let mut complaint = String::new();
        let mut errors = self.child.stderr.take().expect("a pipe");
        let read = timeout(PATIENCE, errors.read_to_string(&mut complaint)).await;
        read.expect("the sample client ends").expect("UTF-8");
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the sample client ends");
        (status.expect("a child of ours"), complaint)
    }
}
