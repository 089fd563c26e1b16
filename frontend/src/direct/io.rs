//! What happens to the path, what is to be done about it, and what there is to show.

use serde::Serialize;
use serde_json::Value;
use shared::{Seat, Signal};

use crate::json::FromJson;

/// Why there is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The other page said nothing to the offer.
    NotAnswered,
    /// The two found no way to each other: something in between blocks it, and nobody relays.
    NoRoute,
    /// It was open, and broke.
    Lost,
    /// This browser has nothing to make one with.
    Unsupported,
    /// The code that was made for the other page was not used in time.
    NotUsed,
}

/// What there is to show of the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
pub enum Way {
    /// The person has not allowed it.
    #[default]
    Off,
    /// Nor that, but the other has.
    AskedByOther,
    /// The other has not, or is not there.
    Waiting,
    /// The two look for a way.
    Trying,
    /// It is there.
    Open,
    /// It is not there; it will be tried again, unless the browser cannot.
    Failed {
        /// Why.
        why: Why,
    },
}

/// All there are, by the number that one tab tells another.
const WAYS: [Way; 10] = [
    Way::Off,
    Way::AskedByOther,
    Way::Waiting,
    Way::Trying,
    Way::Open,
    Way::Failed {
        why: Why::NotAnswered,
    },
    Way::Failed { why: Why::NoRoute },
    Way::Failed { why: Why::Lost },
    Way::Failed {
        why: Why::Unsupported,
    },
    Way::Failed { why: Why::NotUsed },
];

impl From<Way> for u8 {
    fn from(way: Way) -> Self {
        let number = WAYS.iter().position(|other| *other == way);
        number.and_then(|at| Self::try_from(at).ok()).unwrap_or(0)
    }
}

impl From<u8> for Way {
    fn from(number: u8) -> Self {
        let way = WAYS.get(usize::from(number)).copied();
        way.unwrap_or_default()
    }
}

impl FromJson for Way {
    fn from_json(json: &Value) -> Option<Self> {
        u8::from_json(json).map(Self::from)
    }
}

/// What happens to the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Whether the person allows it in this room.
    Allowed(bool),
    /// This page has a seat. Its old one again changes nothing.
    Seated(Seat),
    /// Whoever sat across sits there no more, or this page does not. [`Happening::Seated`] follows when both do.
    Vacant,
    /// Whether signals can go through the hub now, and the other is there to get them.
    Hub(bool),
    /// The other page has told something.
    Signalled(Signal),
    /// People carry the signals: seat 1 is to make an offer for that.
    ByHand,
    /// They have brought this.
    Handed(Signal),
    /// The browser has made something for the other page.
    Ready(Signal),
    /// The path is open, or whole again.
    Opened,
    /// The browser has not heard the other end for a while.
    Shaky,
    /// The browser, or whoever speaks over the path, says that it is over.
    Closed,
    /// The network came back, or is another one.
    Network,
    /// The browser has nothing to make a path with.
    Unsupported,
    /// The time that [`Direct::next_wake`](super::Direct::next_wake) named has come.
    Woke,
}

/// What is to be done about it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Seal it for the other page and send it through the hub.
    Signal(Signal),
    /// Make an end of a path and offer it.
    Offer {
        /// The offer's number.
        session: u32,
    },
    /// Make an end of a path and answer this offer.
    Accept {
        /// The offer's number.
        session: u32,
        /// The other end, described.
        sdp: String,
    },
    /// Give this to the end that there is.
    Take(Signal),
    /// Offer anew over the end that there is, with new ways to it (ICE restart, RFC 8445, section 9).
    Restart,
    /// Drop the end that there is; it will not be heard of again.
    Drop,
    /// Count a try that has ended.
    Report {
        /// After how many milliseconds it opened, if it did.
        opened: Option<u32>,
    },
}
