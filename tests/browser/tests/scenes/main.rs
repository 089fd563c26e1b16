//! What a person would try, in real browsers against the real server.

mod address;
mod conversation;
mod delivery;
mod floor;
mod focus;
mod outage;
mod pictures;
mod policy;
mod table;
mod wire;
mod words;

use browser_tests::{Browser, Hub, Page};

/// Two browsers at one address, seated: seat 1 and seat 2.
pub(crate) struct Pair {
    pub(crate) one: Page,
    pub(crate) two: Page,
    _browsers: [Browser; 2],
}

impl Pair {
    pub(crate) async fn at_table(hub: &Hub) -> anyhow::Result<Self> {
        let (first, one) = Browser::at(&hub.table()).await?;
        one.until_seated(1, "vacant").await?;
        let (second, two) = Browser::at(&hub.table()).await?;
        two.until_seated(2, "here").await?;
        one.until_seated(1, "here").await?;
        Ok(Self {
            one,
            two,
            _browsers: [first, second],
        })
    }
}
