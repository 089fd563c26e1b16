//! The binary under a service manager: it says when it is ready and when it stops, and `duologue health` agrees.

use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

struct Manager(UnixDatagram, PathBuf);

impl Manager {
    /// Listens where systemd would.
    fn listen(test: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.notify"));
        let _ = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("patience");
        Self(socket, path)
    }

    fn hear(&self) -> String {
        let mut words = [0; 64];
        let length = self.0.recv(&mut words).expect("words");
        String::from_utf8_lossy(&words[..length])
            .trim_end()
            .to_owned()
    }
}

fn duologue(command: &str) -> Command {
    let mut duologue = Command::new(env!("CARGO_BIN_EXE_duologue"));
    duologue
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    duologue
}

fn address(child: &mut Child) -> String {
    let mut line = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut line).expect("a line");
    let (_, rest) = line.split_once("http://").expect("an address");
    rest.split_whitespace()
        .next()
        .expect("an address")
        .to_owned()
}

#[test]
fn the_manager_is_told_and_the_health_check_agrees() {
    let manager = Manager::listen("service");
    let mut child = duologue("serve")
        .args(["--memory", "--listen", "127.0.0.1:0"])
        .env("NOTIFY_SOCKET", &manager.1)
        .spawn()
        .expect("the binary runs");
    assert_eq!(manager.hear(), "READY=1");
    let listen = address(&mut child);

    // What `systemctl reload` sends; without a certificate there is nothing to do, and no reason to end.
    let told = Command::new("kill")
        .args(["-HUP", &child.id().to_string()])
        .status();
    assert!(told.expect("kill runs").success());

    // Both are told where by the same variable, as in a container.
    let health = || {
        duologue("health")
            .env("DUOLOGUE_LISTEN", &listen)
            .output()
            .expect("it runs")
    };
    let well = health();
    assert_eq!(well.status.code(), Some(0));
    assert_eq!((well.stdout, well.stderr), (vec![], vec![]));

    let told = Command::new("kill").arg(child.id().to_string()).status();
    assert!(told.expect("kill runs").success());
    assert_eq!(manager.hear(), "STOPPING=1");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));

    let gone = health();
    assert_eq!(gone.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&gone.stderr);
    assert!(complaint.contains(&listen), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}
