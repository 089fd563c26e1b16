//! A server that lies, or somebody on the wire: the page says what, and since when, and believes nothing more.

use anyhow::ensure;
use browser_tests::{Browser, Hub, Wire};

#[tokio::test]
async fn altered_words_are_noticed_and_not_shown() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let wire = Wire::to(&hub).await?;
    let (_first, one) = Browser::at(&hub.table()).await?;
    one.until_seated(1, "vacant").await?;
    let (_second, two) = Browser::at(&wire.table()).await?;
    two.until_seated(2, "here").await?;
    one.say("the truth").await?;
    two.until_messages(1).await?;
    two.say("go on").await?;
    one.until_messages(2).await?;

    wire.alter();
    one.say("and nothing else").await?;
    two.until_shown("doubt").await?;
    two.until_text("doubt", "was not written by the one it is said to be by")
        .await?;
    two.until_text("transcript", "cannot be believed").await?;
    two.until_attribute("path", "data-path", "none").await?;
    // What was believed before is still there, and nothing of the lie.
    let shown = two.messages().await?;
    ensure!(shown.len() == 2, "{shown:?}");

    // The person asks for it again; by then the wire is honest.
    wire.mend();
    two.click("go-on").await?;
    two.until_attribute("path", "data-path", "server").await?;
    two.until("document.body.textContent.includes('and nothing else')")
        .await?;
    // The doubt stands where it arose.
    two.until_text("transcript", "cannot be believed").await?;
    Ok(())
}
