//! Every metric's name and meaning, in one place. They count; they never hold a word, a key or an address.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::Registry;
use shared::CloseCode;

use crate::journal::Journal;

/// The close code as a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Closed {
    code: u16,
}

/// One server's counters. A value, not a global, so that several servers in one process count for themselves.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) connections: Gauge,
    pub(crate) rooms: Gauge,
    pub(crate) frames: Counter,
    pub(crate) entries: Counter,
    pub(crate) rejections: Counter,
    pub(crate) turned_away: Counter,
    pub(crate) purged: Counter,
    closed: Family<Closed, Counter>,
}

impl Metrics {
    /// With what the journal measures of itself.
    pub(crate) fn new(journal: &dyn Journal) -> Self {
        let mut metrics = Self::default();
        journal.register(metrics.registry.sub_registry_with_prefix("journal"));
        metrics
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("duologue"),
            connections: Gauge::default(),
            rooms: Gauge::default(),
            frames: Counter::default(),
            entries: Counter::default(),
            rejections: Counter::default(),
            turned_away: Counter::default(),
            purged: Counter::default(),
            closed: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "connections",
            "Open WebSockets",
            metrics.connections.clone(),
        );
        registry.register("rooms", "Rooms in memory", metrics.rooms.clone());
        registry.register("frames", "Frames received", metrics.frames.clone());
        registry.register("entries", "Entries journaled", metrics.entries.clone());
        registry.register("rejections", "Frames refused", metrics.rejections.clone());
        registry.register(
            "turned_away",
            "Connections closed unheard: too many there already, of one address or in all",
            metrics.turned_away.clone(),
        );
        registry.register(
            "purged",
            "Conversations whose time was up (--retention)",
            metrics.purged.clone(),
        );
        registry.register(
            "closed",
            "Connections closed by the hub, by close code",
            metrics.closed.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Counts a connection that the hub closes.
    pub(crate) fn close(&self, code: CloseCode) {
        self.closed.get_or_create(&Closed { code: code.0 }).inc();
    }

    /// All metrics in Prometheus' text form.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
