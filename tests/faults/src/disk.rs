//! A small disk of a test's own: a tmpfs in a mount namespace that a user may make without being the superuser.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::server::{self, SERVE, Server};

/// It lives as long as this.
#[derive(Debug)]
pub struct Disk {
    /// A process that does nothing but keep the namespace.
    holder: Child,
    mount: PathBuf,
}

impl Disk {
    /// A disk of so many KiB at `mount`, for those in its namespace; `None`, said aloud, where none may be made.
    ///
    /// # Panics
    /// When there is no shell.
    #[must_use]
    pub fn new(mount: &Path, kib: u32) -> Option<Self> {
        let script = r#"mount -t tmpfs -o "size=$1k" tmpfs "$2" && echo ready && exec cat"#;
        let mut holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(kib.to_string())
            .arg(mount)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()
            .or_else(|| skipped("there is no `unshare` here"))?;
        let mut line = String::new();
        let output = holder.stdout.take().expect("a pipe");
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("words");
        if line == "ready\n" {
            let mount = mount.to_owned();
            return Some(Self { holder, mount });
        }
        let output = holder.wait_with_output().expect("it ends");
        skipped(String::from_utf8_lossy(&output.stderr).trim())
    }

    /// A file or folder on it, as seen from outside.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        let inside = self.mount.strip_prefix("/").unwrap_or(&self.mount);
        Path::new("/proc")
            .join(self.holder.id().to_string())
            .join("root")
            .join(inside)
            .join(name)
    }

    /// Writes into a file until no byte more fits, and says how many did.
    ///
    /// # Panics
    /// When something else than want of space ends it.
    pub fn fill(&self, name: &str) -> u64 {
        let mut file = fs::File::create(self.path(name)).expect("a file");
        loop {
            match file.write(&[0; 512]) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        file.metadata().expect("a file").len()
    }

    /// A program that sees the disk.
    #[must_use]
    pub fn inside(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--preserve-credentials", "--user", "--mount", "--target"])
            .arg(self.holder.id().to_string())
            .arg(program);
        command
    }

    /// Mounts it again with other options.
    ///
    /// # Panics
    /// When that is refused.
    pub fn remount(&self, options: &str) {
        let mut mount = self.inside(Path::new("mount"));
        mount.args(["-o", &format!("remount,{options}")]);
        let done = mount.arg(&self.mount).output().expect("it runs");
        assert!(done.status.success(), "{done:?}");
    }

    /// A server with its journal there.
    ///
    /// # Errors
    /// What it said when it did not start.
    pub fn serve(&self) -> Result<Server, Output> {
        let mut command = self.inside(server::binary());
        command.args(SERVE).arg(&self.mount);
        Server::try_launch(command)
    }

    /// `duologue journal` on what is there, with a target on the same disk or on none.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn journal(&self, task: &str, target: Option<&Path>) -> Output {
        let mut command = self.inside(server::binary());
        command.args(["journal", task]).arg(&self.mount);
        command.args(target).stdin(Stdio::null());
        command.output().expect("it runs")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever else is in the namespace keeps it.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Past what the test harness captures: a test that proves nothing should not pass in silence.
fn skipped<T>(reason: &str) -> Option<T> {
    let _ = writeln!(
        io::stderr(),
        "SKIPPED: no disk of one's own can be made here ({reason})"
    );
    None
}
