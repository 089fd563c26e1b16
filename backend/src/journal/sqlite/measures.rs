//! How long the disk takes, and how much of it is used.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// What is measured, for all who share the journal.
#[derive(Clone, Debug)]
pub(super) struct Measures {
    /// From the room's question to its answer.
    pub(super) append: Histogram,
    /// One transaction with its sync, for however many appends.
    pub(super) commit: Histogram,
    files: Files,
}

/// The journal's files: the database and its write-ahead log.
#[derive(Clone, Debug)]
struct Files([PathBuf; 2]);

impl Measures {
    pub(super) fn new(file: &Path) -> Self {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        // From an eighth of a millisecond to four seconds: fast disks to sick ones.
        let seconds = || Histogram::new(exponential_buckets(0.000_125, 2.0, 16));
        Self {
            append: seconds(),
            commit: seconds(),
            files: Files([file.to_owned(), log.into()]),
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "append_seconds",
            "From an entry's decision to its being on disk",
            self.append.clone(),
        );
        registry.register(
            "commit_seconds",
            "Transactions with their sync, each for as many appends as waited",
            self.commit.clone(),
        );
        registry.register_collector(Box::new(self.files.clone()));
    }
}

/// Looked up when it is asked for.
impl Collector for Files {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let length = |file| fs::metadata(file).map_or(0, |found| found.len());
        let bytes: u64 = self.0.iter().map(length).sum();
        let gauge = ConstGauge::new(i64::try_from(bytes).unwrap_or(i64::MAX));
        let help = "The journal's file and its write-ahead log";
        let metric = encoder.encode_descriptor("bytes", help, None, gauge.metric_type())?;
        gauge.encode(metric)
    }
}
