//! What a failure of SQLite means: try again later, or never again in this process.

use std::sync::{Arc, OnceLock};

use rusqlite::{Error, ErrorCode, ffi};
use tokio_util::sync::CancellationToken;

use super::Unavailable;
use super::space::{Space, is_want};

/// Whether the disk has failed, for all who share the journal.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    reason: Arc<OnceLock<String>>,
    happened: CancellationToken,
    space: Space,
}

impl Failure {
    /// None so far of the journal that lies there.
    pub(super) fn of(space: Space) -> Self {
        Self {
            reason: Arc::default(),
            happened: CancellationToken::new(),
            space,
        }
    }

    /// Nothing, or the reason why nothing can be read or written any more.
    pub(super) fn check(&self) -> Result<(), Unavailable> {
        match self.reason.get() {
            None => Ok(()),
            Some(reason) => Err(Unavailable(reason.clone())),
        }
    }

    /// Remembers `error` for good if it is of that kind, and says it in words either way.
    pub(super) fn consider(&self, error: &Error) -> Unavailable {
        let refused = |why: &dyn std::fmt::Display| {
            Unavailable(format!("the journal cannot be written: {why}"))
        };
        if !is_final(error) {
            return refused(error);
        }
        let refusal = self.space.refusal(error);
        if let Some(want) = refusal.as_ref().filter(|refusal| is_want(refusal)) {
            return refused(want);
        }
        let why = refusal.map_or_else(String::new, |refusal| format!(", {refusal}"));
        let reason = self.reason.get_or_init(|| {
            format!(
                "the disk has failed, so nothing is acknowledged any more ({error}{why}); \
                 check the disk, then start again: what was acknowledged before is looked for there"
            )
        });
        self.happened.cancel();
        Unavailable(reason.clone())
    }

    pub(super) async fn happened(&self) {
        self.happened.cancelled().await;
    }
}

/// After a write or a sync that failed, the system may take for written what is not on the disk, and a second sync would
/// say so. Such an error is never tried again. A full disk is none of them: it is refused before anything is synced. (A
/// quota that is used up, and a file that may not grow, look like them to SQLite; [`Space`] tells.)
fn is_final(error: &Error) -> bool {
    let full = |code: &ffi::Error| code.extended_code == ffi::SQLITE_IOERR_SHMSIZE;
    match (error.sqlite_error_code(), error.sqlite_error()) {
        (Some(ErrorCode::SystemIoFailure), Some(code)) => !full(code),
        (Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn failure(code: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn a_full_disk_is_tried_again_and_a_failed_sync_never() {
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_IOERR_SHMSIZE,
        ] {
            let state = Failure::of(Space::beside(Path::new("/nowhere/journal")));
            state.consider(&failure(code));
            assert!(state.check().is_ok(), "{code}");
        }
        for code in [
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_DIR_FSYNC,
            ffi::SQLITE_CORRUPT,
        ] {
            let state = Failure::of(Space::beside(Path::new("/nowhere/journal")));
            state.consider(&failure(code));
            assert!(state.check().is_err(), "{code}");
            // What comes after it changes nothing.
            state.consider(&failure(ffi::SQLITE_FULL));
            assert!(state.check().is_err(), "{code}");
        }
    }
}
