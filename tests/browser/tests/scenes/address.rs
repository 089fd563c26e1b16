//! Addresses that lead nowhere are told so.

use browser_tests::{Browser, Hub};

use crate::host;

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

#[tokio::test]
async fn going_back_and_forth_in_the_browser_goes_from_room_to_room() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page, link) = host(&hub).await?;
    page.say("kept in the conversation").await?;
    page.until_newest("stored").await?;
    page.evaluate("history.back()").await?;
    page.until("location.pathname === '/' && !document.querySelector('[data-testid=\"entry\"]')")
        .await?;
    page.until_seated(1, "vacant").await?;
    page.evaluate("history.forward()").await?;
    page.until_messages(1).await?;
    page.until(&format!("location.href === '{link}'")).await?;

    // A fragment that was cut off is told at once, and the way out is a link like any other.
    page.evaluate("location.hash = 'half'").await?;
    page.until_shown("link-lost").await?;
    page.evaluate("document.querySelector('a[href=\"/\"]').click()")
        .await?;
    page.until_seated(1, "vacant").await?;
    page.until("location.pathname === '/'").await?;
    Ok(())
}
