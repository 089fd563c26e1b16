//! The flags of `duologue journal`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with a journal.
#[derive(Debug, Args)]
pub struct Journal {
    /// What.
    #[command(subcommand)]
    pub task: Task,
}

/// The directory is the one that `duologue serve --data` names. A server may be running on it or not; nothing in it is
/// changed. Exit code 0: all is well; 1: it could not be done; 2: it was done, and something is damaged.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Whether all is there and in order: one line for each damage, with the room's name, and one line in the end.
    Check {
        /// Where the journal is.
        dir: PathBuf,
    },
    /// Write every entry to standard output as a line of JSON; what is said stays sealed.
    Export {
        /// Where the journal is.
        dir: PathBuf,
    },
    /// Copy the journal as it is now into a new directory, on which a server can be started.
    Backup {
        /// Where the journal is.
        dir: PathBuf,
        /// Where to, outside of the first; made here, never written over.
        target: PathBuf,
    },
}
