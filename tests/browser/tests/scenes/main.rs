//! What a person would try, in real browsers against the real server.

mod address;
mod conversation;
mod crash;
mod cuts;
mod delivery;
mod direct;
mod direct_only;
mod faults;
mod floor;
mod focus;
mod free_talk;
mod latency;
mod lies;
mod network;
mod offline;
mod outage;
mod outbox;
mod over;
mod own_invitation;
mod pictures;
mod policy;
mod relay;
mod seats;
mod secrecy;
mod silence;
mod table;
mod tabs;
mod trust;
mod wire;
mod words;
mod worker;

use browser_tests::{Browser, Hub, Page};

/// Somebody who has opened a conversation, and the link to hand on.
pub(crate) async fn host(hub: &Hub) -> anyhow::Result<(Browser, Page, String)> {
    let (browser, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    one.click("new-conversation").await?;
    let link = invitation(&one).await?;
    Ok((browser, one, link))
}

/// The link that a page invites by.
pub(crate) async fn invitation(page: &Page) -> anyhow::Result<String> {
    page.until_shown("invite-link").await?;
    page.string("document.querySelector('[data-testid=\"invite-link\"]').value")
        .await
}

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
