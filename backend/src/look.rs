//! What is told of a journal that is looked through: by `duologue journal`, and while a server starts.

use std::io::{self, BufWriter, ErrorKind};
use std::process::ExitCode;
use std::time::Duration;

use duologue::config::Task;
use duologue::journal::{Archive, ArchiveError, Found, Progress};
use sd_notify::NotifyState;

/// It was done, and something is damaged.
const DAMAGED: u8 = 2;

/// How often the log says that the start goes on. Not as it begins: most are done within a second.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// How long the service manager is to wait for the next word, which comes within a second or two where the disk answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells the log now and then that a server that starts is at work, and the service manager each time, for which it waits
/// longer than it would.
pub(crate) fn so_far(manager: impl Fn(&[NotifyState<'_>]) + Send) -> impl FnMut(Progress) + Send {
    let mut next = Duration::ZERO;
    move |Progress { passed, bytes }| {
        let patience = u32::try_from(PATIENCE.as_micros()).unwrap_or(u32::MAX);
        manager(&[NotifyState::ExtendTimeoutUsec(patience)]);
        if passed >= next {
            next = passed + TOLD_EVERY;
            let (seconds, mib) = (passed.as_secs(), bytes >> 20);
            // At a level that is shown unless asked otherwise: else it seems to hang.
            tracing::warn!(
                seconds,
                mib,
                "the journal is being looked through before the server starts"
            );
        }
    }
}

/// Does it and tells what came of it.
pub(crate) fn run(task: &Task) -> anyhow::Result<ExitCode> {
    let found = match task {
        Task::Check { dir } => check(&Archive::open(dir)?)?,
        Task::Export { dir } => export(&Archive::open(dir)?)?,
        Task::Backup { dir, target } => {
            Archive::open(dir)?.backup(target)?;
            println!("{} holds a copy of {}", target.display(), dir.display());
            Found::default()
        }
    };
    Ok(match found.damages {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::from(DAMAGED),
    })
}

fn check(archive: &Archive) -> anyhow::Result<Found> {
    let found = archive.check(|damage| println!("damaged: {damage}"))?;
    let Found {
        rooms,
        entries,
        over,
        damages,
    } = found;
    let verdict = match damages {
        0 => "all is in order".to_owned(),
        1 => "1 damage".to_owned(),
        more => format!("{more} damages"),
    };
    println!("{verdict}: {rooms} rooms with {entries} entries, {over} conversations that are over");
    if damages > 0 {
        println!(
            "keep a copy of the directory before anything else; a server refuses the rooms named above, or all of it where the file is damaged"
        );
    }
    Ok(found)
}

fn export(archive: &Archive) -> anyhow::Result<Found> {
    let out = BufWriter::new(io::stdout().lock());
    match archive.export(out, |damage| eprintln!("duologue: left out: {damage}")) {
        // Whoever reads has had enough.
        Err(ArchiveError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            Ok(Found::default())
        }
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_manager_waits_a_minute_from_each_word() {
        let told = Mutex::new(Vec::new());
        let mut tell = so_far(|state| {
            let words = state.iter().map(ToString::to_string);
            told.lock().unwrap().extend(words);
        });
        for seconds in 1..4 {
            tell(Progress {
                passed: Duration::from_secs(seconds),
                bytes: 1 << 30,
            });
        }
        drop(tell);
        let told = told.into_inner().unwrap();
        assert_eq!(told, ["EXTEND_TIMEOUT_USEC=60000000"; 3]);
    }
}
