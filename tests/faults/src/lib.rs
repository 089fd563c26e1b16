//! The real server as a process, the disks it is put on, and what people find there.

pub mod disk;
pub mod server;
pub mod talk;

use std::env;
use std::fs;
use std::path::PathBuf;

/// A folder of a test's own, empty at first.
///
/// # Panics
/// Where none can be made.
#[must_use]
pub fn folder(test: &str) -> PathBuf {
    // Not in `/tmp`, which may be kept in memory: this is about disks.
    let test_program = env::current_exe().expect("a path");
    let target = test_program.ancestors().nth(3).expect("the target folder");
    let folder = target.join("tmp").join("faults").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for tests");
    folder
}
