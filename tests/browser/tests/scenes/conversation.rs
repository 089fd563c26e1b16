//! A conversation of one's own, by link.

use anyhow::ensure;
use browser_tests::{Browser, Hub};

#[tokio::test]
async fn a_conversation_is_shared_by_its_link() -> anyhow::Result<()> {
    // Whoever opens a conversation leaves the table, and the seat there is soon given up.
    let hub = Hub::start_with(&["--table-hold", "1s"]).await?;
    let (_first, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    one.click("new-conversation").await?;
    one.until_shown("invite-link").await?;
    let link = one
        .string("document.querySelector('[data-testid=\"invite-link\"]').value")
        .await?;
    ensure!(link.starts_with(&format!("{}c/", hub.table())), "{link}");
    ensure!(
        link.split_once('#')
            .is_some_and(|(_, secret)| secret.len() == 43),
        "{link}"
    );
    one.until_seated(1, "vacant").await?;
    let code = "((code) => `${code.getAttribute('role')}: ${code.getAttribute('aria-label')}`)\
                (document.querySelector('svg.qr:has(path[d])'))";
    assert_eq!(one.string(code).await?, "img: QR code of the link");

    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    // The invitation has done its work.
    one.until_gone("invite-link").await?;
    one.say("just us").await?;
    two.until_messages(1).await?;
    two.say("yes").await?;
    one.until_messages(2).await?;

    let (_third, three) = Browser::at(&link).await?;
    three.until_shown("room-full").await?;
    // The table is another room, and free again for whoever comes.
    let (_fourth, four) = Browser::at(&hub.table()).await?;
    four.until_seated(1, "vacant").await?;
    ensure!(four.messages().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn without_locks_the_newer_tab_goes_on_and_the_older_can_take_it_back() -> anyhow::Result<()>
{
    let hub = Hub::start().await?;
    let browser = Browser::start().await?;
    let old = browser.open(&hub.table()).await?;
    old.without_locks().await?;
    old.reload().await?;
    old.until_seated(1, "vacant").await?;
    old.click("new-conversation").await?;
    old.until_shown("invite-link").await?;
    let link = old.string("location.href").await?;
    let new = browser.open_tab("about:blank").await?;
    new.without_locks().await?;
    new.go(&link).await?;
    new.click("go-on-as-one").await?;
    new.until_seated(1, "vacant").await?;
    old.until_shown("superseded").await?;
    old.click("go-on").await?;
    old.until_seated(1, "vacant").await?;
    new.until_shown("superseded").await?;
    Ok(())
}
