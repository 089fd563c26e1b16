//! Addresses that lead nowhere are told so.

use browser_tests::{Browser, Hub};

#[tokio::test]
async fn a_broken_address_is_explained() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    for path in [
        "c/AAAAAAAAAAAAAAAAAAAAAA",
        "c/AAAAAAAAAAAAAAAAAAAAAA#short",
        "c/short#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let page = browser.open_tab(&format!("{}{path}", hub.table())).await?;
        page.until_shown("link-lost").await?;
        page.until_shown("new-conversation").await?;
    }
    let page = browser.open_tab(&format!("{}nowhere", hub.table())).await?;
    page.until("document.body.innerText.toLowerCase().includes('table')")
        .await?;
    Ok(())
}
