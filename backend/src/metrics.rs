//! Every metric's name and meaning, in one place. They count; they never hold a word, a key or an address.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::{
    counter::Counter, family::Family, gauge::Gauge, histogram::Histogram,
};
use prometheus_client::registry::Registry;
use shared::CloseCode;

use crate::journal::Journal;

/// Seconds in which a direct path opens.
const OPENING: [f64; 7] = [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];
/// Milliseconds that a try takes at most: what a page tells beyond is not to be believed.
const TRY: u32 = 10_000;

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
    direct_tries: Counter,
    direct_opened: Counter,
    direct_opening: Histogram,
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
            direct_tries: Counter::default(),
            direct_opened: Counter::default(),
            direct_opening: Histogram::new(OPENING),
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
        registry.register(
            "direct_tries",
            "Tries of pages to open a path of their own, as they tell",
            metrics.direct_tries.clone(),
        );
        registry.register(
            "direct_opened",
            "Those that succeeded",
            metrics.direct_opened.clone(),
        );
        registry.register(
            "direct_opening_seconds",
            "How long those took",
            metrics.direct_opening.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// Counts a connection that the hub closes.
    pub(crate) fn close(&self, code: CloseCode) {
        self.closed.get_or_create(&Closed { code: code.0 }).inc();
    }

    /// Counts a try for a direct path. Both pages tell of each.
    pub(crate) fn direct(&self, opened: Option<u32>) {
        self.direct_tries.inc();
        if let Some(millis) = opened {
            self.direct_opened.inc();
            self.direct_opening
                .observe(f64::from(millis.min(TRY)) / 1000.0);
        }
    }

    /// All metrics in Prometheus' text form.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
