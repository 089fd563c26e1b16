//! `duologue journal`: what it prints, and how it ends.

use std::io::{self, BufWriter, ErrorKind};
use std::process::ExitCode;

use duologue::config::Task;
use duologue::journal::{Archive, ArchiveError, Found};

/// It was done, and something is damaged.
const DAMAGED: u8 = 2;

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
