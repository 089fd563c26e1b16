//! A conversation whose time is up on the server.

use std::time::Duration;

use browser_tests::{Browser, Hub, Wire};

use crate::invitation;
use crate::wire::{texts, until_path};

/// As long as the server keeps a conversation in which nothing is said, and how long it takes it to be gone.
const KEPT: &str = "1s";
const GONE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_conversation_that_is_purged_stays_in_sight_and_is_told_to_be_over() -> anyhow::Result<()>
{
    let hub = Hub::start_with(&["--retention", KEPT]).await?;
    let wire = Wire::to(&hub).await?;
    let (_first, one) = Browser::at(&wire.table()).await?;
    one.click("new-conversation").await?;
    let link = invitation(&one).await?;
    let (_second, two) = Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    one.say("see you next year").await?;
    two.until_turn("mine").await?;
    two.say("see you").await?;
    one.until_messages(2).await?;

    // While somebody is there it is kept, whatever the time. Then both are away for too long.
    tokio::time::sleep(GONE).await;
    until_path(&one, "server").await?;
    one.write("are you there?").await?;
    wire.cut();
    for page in [&one, &two] {
        until_path(page, "none").await?;
    }
    one.press_enter().await?;
    one.until_newest("queued").await?;
    tokio::time::sleep(GONE).await;
    wire.mend();

    // What was said stays in sight, and what waits is not lost.
    one.until_shown("over").await?;
    two.until_shown("over").await?;
    let said = ["see you next year", "see you", "are you there?"];
    assert_eq!(texts(&one).await?, said);
    assert_eq!(texts(&two).await?, said[..2]);
    one.until_newest("queued").await?;
    one.click("take-back").await?;
    one.until_draft("are you there?").await?;
    two.until_text("status", "This conversation is over.")
        .await?;

    // Whoever comes by the link later is told the same, with what this browser still has.
    two.reload().await?;
    two.until_shown("over").await?;
    two.until_messages(2).await?;
    two.until("document.body.textContent.includes('the server keeps nothing of it')")
        .await?;
    two.click("new-conversation").await?;
    two.until_seated(1, "vacant").await?;
    Ok(())
}
