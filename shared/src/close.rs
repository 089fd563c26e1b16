//! Why a connection was closed, and whether to come back: the one table of close codes.

/// A WebSocket close code (RFC 6455, section 7.4). Duologue's own are in the range for private use:
/// 4000–4499 say "come back", 4500–4999 say "do not", so that a client need not know each of them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Done; nobody expects more.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// A break of the WebSocket protocol itself.
    pub const PROTOCOL: CloseCode = CloseCode(1002);
    /// Only text frames are spoken here.
    pub const UNSUPPORTED: CloseCode = CloseCode(1003);
    /// A text frame that is not UTF-8.
    pub const NOT_UTF8: CloseCode = CloseCode(1007);
    /// A frame over the size limit.
    pub const TOO_BIG: CloseCode = CloseCode(1009);

    /// The server is shutting down; another, or its successor, will answer.
    pub const DRAINING: CloseCode = CloseCode(4000);
    /// The connection did not read fast enough and its queue was full. The position makes good what was missed.
    pub const SLOW: CloseCode = CloseCode(4001);
    /// Nothing was heard for too long.
    pub const SILENT: CloseCode = CloseCode(4002);
    /// Far more frames than a person makes.
    pub const FLOOD: CloseCode = CloseCode(4003);
    /// The room cannot go on at the moment.
    pub const UNAVAILABLE: CloseCode = CloseCode(4004);

    /// The same seat was opened elsewhere; the newest connection wins, and coming back by itself would play ping-pong.
    pub const SUPERSEDED: CloseCode = CloseCode(4500);
    /// Both seats are taken.
    pub const ROOM_FULL: CloseCode = CloseCode(4501);
    /// `hello` proved nothing.
    pub const BAD_PROOF: CloseCode = CloseCode(4502);
    /// Something other than a correct `hello` came first.
    pub const HELLO_FIRST: CloseCode = CloseCode(4503);
    /// The person left the seat.
    pub const LEFT: CloseCode = CloseCode(4504);
    /// This server keeps no table.
    pub const NO_TABLE: CloseCode = CloseCode(4505);
    /// The link was used, replaced, or never was one.
    pub const NOT_INVITED: CloseCode = CloseCode(4506);
    /// Whoever made the link took the seat back before anything was said in it.
    pub const WITHDRAWN: CloseCode = CloseCode(4507);
    /// The other person let this one in again under a new key; the old key has no seat any more.
    pub const RESEATED: CloseCode = CloseCode(4508);
    /// The conversation is over; its name is never used again.
    pub const ROOM_OVER: CloseCode = CloseCode(4509);

    /// A word for logs and for the close frame's reason; programs read the number.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CloseCode::NORMAL => "normal",
            CloseCode::PROTOCOL => "protocol",
            CloseCode::UNSUPPORTED => "unsupported",
            CloseCode::NOT_UTF8 => "not_utf8",
            CloseCode::TOO_BIG => "too_big",
            CloseCode::DRAINING => "draining",
            CloseCode::SLOW => "slow",
            CloseCode::SILENT => "silent",
            CloseCode::FLOOD => "flood",
            CloseCode::UNAVAILABLE => "unavailable",
            CloseCode::SUPERSEDED => "superseded",
            CloseCode::ROOM_FULL => "room_full",
            CloseCode::BAD_PROOF => "bad_proof",
            CloseCode::HELLO_FIRST => "hello_first",
            CloseCode::LEFT => "left",
            CloseCode::NO_TABLE => "no_table",
            CloseCode::NOT_INVITED => "not_invited",
            CloseCode::WITHDRAWN => "withdrawn",
            CloseCode::RESEATED => "reseated",
            CloseCode::ROOM_OVER => "room_over",
            _ => "",
        }
    }

    /// Whether a client should come back by itself after this code.
    #[must_use]
    pub const fn should_reconnect(self) -> bool {
        match self.0 {
            // Going away, no status, abnormal closure, server error, restart, try again later.
            1001 | 1005 | 1006 | 1011 | 1012 | 1013 => true,
            code => matches!(code, 4000..=4499),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_says_whether_to_come_back() {
        for code in [CloseCode::DRAINING, CloseCode::SLOW, CloseCode(4499)] {
            assert!(code.should_reconnect(), "{code:?}");
        }
        for code in [
            CloseCode::NORMAL,
            CloseCode::TOO_BIG,
            CloseCode::SUPERSEDED,
            CloseCode::ROOM_FULL,
            CloseCode(4999),
            CloseCode(3000),
        ] {
            assert!(!code.should_reconnect(), "{code:?}");
        }
        assert!(CloseCode(1006).should_reconnect(), "the network broke");
    }
}
