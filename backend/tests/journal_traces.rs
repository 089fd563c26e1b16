//! Where a backup may go, by whatever name, and that looking at a journal leaves nothing behind.

mod support;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use duologue::journal::{Archive, SqliteJournal};
use support::certificate::folder;
use support::talk_from;
use test_client::{conversation, person};

/// A journal with a talk in it, and the server stopped.
async fn written(home: &Path) {
    let journal = SqliteJournal::open(home).expect("a new journal");
    let people = [1, 2].map(person);
    talk_from(&journal, conversation(1), people, 9, 8, 1_000).await;
}

fn journal(from: &Path, arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duologue"))
        .arg("journal")
        .args(arguments)
        .current_dir(from)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn is_whole(copy: &Path) {
    let checked = journal(copy, &[Path::new("check"), copy]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(told.contains("1 rooms with 9 entries"), "{told}");
}

fn files(home: &Path) -> Vec<OsString> {
    let names = fs::read_dir(home).expect("a folder");
    let mut names: Vec<_> = names
        .map(|file| file.expect("a file").file_name())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_backup_into_the_journals_own_folder_is_refused() {
    let around = folder("backup-within");
    let home = around.join("journal");
    written(&home).await;
    let before = files(&home);
    symlink(&home, around.join("by-another-name")).expect("a link");
    for target in [
        "journal",
        "journal/copy",
        "journal/../journal/copy",
        "by-another-name/copy",
    ] {
        let output = journal(
            &around,
            &[Path::new("backup"), Path::new("journal"), Path::new(target)],
        );
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{target}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains("name one elsewhere"), "{complaint}");
        assert_eq!(files(&home), before, "{target}");
    }
    // Named from within, for elsewhere.
    let output = journal(
        &home,
        &[Path::new("backup"), Path::new("."), Path::new("../copy")],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    is_whole(&around.join("copy"));
}

#[tokio::test]
async fn a_backup_goes_where_it_is_told_by_any_name() {
    let around = folder("backup-names");
    let odd = PathBuf::from(OsString::from_vec(b"journal \xff\xfe".to_vec()));
    written(&around.join(&odd)).await;
    for name in [
        &b"copy \xff\xc3"[..],
        b"file:copy?mode=ro",
        b"copy'\"%41?#",
        b"-",
    ] {
        let target = PathBuf::from(OsString::from_vec(name.to_vec()));
        let output = journal(&around, &[Path::new("backup"), &odd, &target]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        is_whole(&around.join(&target));
        assert_eq!(files(&around.join(&target)), ["journal.sqlite3"]);
    }
    let four = files(&around).len() - 1;
    assert_eq!(four, 4, "nothing elsewhere: {:?}", files(&around));
}

#[tokio::test]
async fn looking_leaves_nothing_behind() {
    let home = folder("no-traces");
    written(&home).await;
    let before = files(&home);
    assert_eq!(before, ["journal.lock", "journal.sqlite3"]);
    let bytes = fs::read(home.join("journal.sqlite3")).expect("a file");
    let copy = folder("no-traces-copy").join("copy");
    let tasks: [&[&Path]; 3] = [
        &[Path::new("check"), &home],
        &[Path::new("export"), &home],
        &[Path::new("backup"), &home, &copy],
    ];
    for task in tasks {
        let output = journal(&home, task);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(files(&home), before, "{task:?}");
    }
    assert_eq!(
        fs::read(home.join("journal.sqlite3")).expect("a file"),
        bytes
    );
}

/// A server that starts while somebody looks keeps its log.
#[tokio::test]
async fn what_a_server_has_begun_meanwhile_is_left_to_it() {
    let home = folder("started-meanwhile");
    written(&home).await;
    let looking = Archive::open(&home).expect("a journal");
    let server = SqliteJournal::open(&home).expect("a journal");
    let people = [1, 2].map(person);
    talk_from(&server, conversation(2), people, 5, 8, 1_000).await;
    drop(looking);
    assert!(home.join("journal.sqlite3-wal").exists());
    talk_from(&server, conversation(3), [3, 4].map(person), 5, 8, 1_000).await;
    drop(server);
    assert_eq!(files(&home), ["journal.lock", "journal.sqlite3"]);
    let found = Archive::open(&home).expect("a journal").check(|_| ());
    let found = found.expect("it can be read");
    assert_eq!((found.rooms, found.entries, found.damages), (3, 19, 0));
}
