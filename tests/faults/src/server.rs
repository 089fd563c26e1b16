//! The real binary.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The flags of every server here, but for its folder.
pub const SERVE: [&str; 6] = [
    "serve",
    "--rooms-per-address",
    "100000",
    "--listen",
    "127.0.0.1:0",
    "--data",
];

/// The binary: the one that `DUOLOGUE_BIN` names, else one that is built now.
///
/// # Panics
/// Where it cannot be built.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(named) = env::var_os("DUOLOGUE_BIN") {
            return named.into();
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--package", "duologue", "--bin", "duologue"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.is_ok_and(|status| status.success()), "it builds");
        // This test lies two folders below it, in `deps`.
        let test = env::current_exe().expect("a path");
        let profile = test.ancestors().nth(2).expect("a profile's folder");
        profile.join("duologue")
    })
}

/// A server that runs, until it is killed or dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one on a folder.
    #[must_use]
    pub fn start(data: &Path) -> Self {
        let mut command = Command::new(binary());
        command.args(SERVE).arg(data);
        Self::launch(command)
    }

    /// Starts one by a command that becomes it.
    ///
    /// # Panics
    /// When it does not say where it listens.
    #[must_use]
    pub fn launch(command: Command) -> Self {
        Self::try_launch(command).unwrap_or_else(|output| panic!("it does not start: {output:?}"))
    }

    /// Starts one by a command that becomes it.
    ///
    /// # Errors
    /// What it said when it ended instead.
    ///
    /// # Panics
    /// When there is no such program.
    pub fn try_launch(mut command: Command) -> Result<Self, Output> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("words");
        let address = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"))
            .and_then(|address| address.parse().ok());
        match address {
            Some(address) => Ok(Self { child, address }),
            None => Err(child.wait_with_output().expect("it ends")),
        }
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    ///
    /// # Panics
    /// When it has ended before.
    pub fn kill(mut self) {
        let ended = self.child.try_wait().expect("a child");
        assert_eq!(ended, None, "it was running");
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM, and what it says until its end.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop(self) {
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.is_ok_and(|status| status.success()));
        let (code, complaint) = self.end();
        assert_eq!(code, Some(0), "{complaint}");
    }

    /// Waits until it ends by itself: with which exit code, and what it said.
    ///
    /// # Panics
    /// When it cannot be waited for.
    #[must_use]
    pub fn end(mut self) -> (Option<i32>, String) {
        let mut complaint = String::new();
        let mut errors = self.child.stderr.take().expect("a pipe");
        errors.read_to_string(&mut complaint).expect("words");
        let code = self.child.wait().expect("it ends").code();
        (code, complaint)
    }

    /// Lets its files grow as they like, where there is a program for it.
    #[must_use]
    pub fn lifts_limit(&self) -> bool {
        let pid = self.child.id().to_string();
        let lifted = Command::new("prlimit")
            .args(["--fsize=unlimited", "--pid", &pid])
            .status();
        lifted.is_ok_and(|status| status.success())
    }

    /// What `/readyz` answers: whether it is ready, and its words.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn ready(&self) -> (bool, String) {
        let stream = TcpStream::connect(self.address).await;
        let mut stream = stream.expect("it listens");
        let ask = format!(
            "GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        );
        let asked = stream.write_all(ask.as_bytes()).await;
        asked.expect("it reads");
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer).await;
        read.expect("it answers");
        let (_, words) = answer.split_once("\r\n\r\n").expect("an answer");
        (answer.starts_with("HTTP/1.1 200"), words.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `duologue` to its end.
///
/// # Panics
/// When there is no such program.
#[must_use]
pub fn run(arguments: &[&Path]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::null());
    command.output().expect("the binary runs")
}

/// `duologue journal check` finds all in order.
///
/// # Panics
/// When it does not.
pub fn is_in_order(data: &Path) {
    let output = run(&[Path::new("journal"), Path::new("check"), data]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// It did not start, in one line with these words.
///
/// # Panics
/// When it was otherwise.
pub fn was_refused(output: &Output, hints: &[&str]) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    for hint in hints {
        assert!(complaint.contains(hint), "{hint:?} in {complaint:?}");
    }
}
