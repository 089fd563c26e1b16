//! How far a journal that is opened has come. SQLite does not say how much is left, but that it is at work.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

/// Steps of SQLite's, each of which looks at a page or at some values of one, before it is asked for the time.
const STEPS: i32 = 256;

/// How often it is told.
const EVERY: Duration = Duration::from_secs(1);

/// A journal is still being opened, and the disk answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Since it began.
    pub passed: Duration,
    /// How long its file is.
    pub bytes: u64,
}

/// Who is told.
pub(super) type Tell = Box<dyn FnMut(Progress) + Send>;

/// From now on tells how it goes, or nobody any more.
pub(super) fn watch(connection: &mut Connection, file: &Path, tell: Option<Tell>) -> Result<()> {
    let bytes = fs::metadata(file).map_or(0, |found| found.len());
    let begun = Instant::now();
    let mut last = Duration::ZERO;
    let ask = tell.map(|mut tell| {
        move || {
            let passed = begun.elapsed();
            if passed - last >= EVERY {
                last = passed;
                tell(Progress { passed, bytes });
            }
            // It is not to be broken off.
            false
        }
    });
    connection.progress_handler(STEPS, ask)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn it_is_told_every_second_and_no_more_when_it_is_over() {
        let mut connection = Connection::open_in_memory().unwrap();
        let (told, heard) = mpsc::channel();
        let tell = move |progress| told.send(progress).unwrap();
        watch(&mut connection, Path::new("/nowhere"), Some(Box::new(tell))).unwrap();
        let begun = Instant::now();
        let work = |least: usize| {
            let mut all = Vec::new();
            while all.len() < least {
                let count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000) SELECT sum(i) FROM n";
                connection.query_row(count, [], |_| Ok(())).unwrap();
                all.extend(heard.try_iter());
            }
            all
        };
        let all = work(2);
        assert!(all[0].passed >= EVERY && all[1].passed - all[0].passed >= EVERY);
        assert!(all[1].passed <= begun.elapsed());
        watch(&mut connection, Path::new("/nowhere"), None).unwrap();
        assert!(heard.recv().is_err(), "whoever was told is let go");
    }
}
