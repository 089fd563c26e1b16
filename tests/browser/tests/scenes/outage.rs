//! The server goes and comes back; the page says so and goes on by itself.

use browser_tests::Hub;

use crate::Pair;

#[tokio::test]
async fn a_restarted_server_is_found_again() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.say("before").await?;
    pair.two.until_messages(1).await?;
    pair.two.until_turn("mine").await?;

    let address = hub.stop().await?;
    for side in [&pair.one, &pair.two] {
        side.until_attribute("path", "data-path", "none").await?;
        // Restarting at first, and after some tries out of reach; either way it says so, and that nothing is lost.
        let status = "document.querySelector('[data-testid=\"status\"]').textContent";
        side.until(&format!(
            "/server (is restarting|cannot be reached)/.test({status})"
        ))
        .await?;
        side.until_text("status", "What you wrote is kept.").await?;
    }
    // What is said meanwhile waits; what was said is still there.
    pair.two.say("said into the void").await?;
    pair.two.until_messages(2).await?;

    let _hub = Hub::start_again(address).await?;
    for side in [&pair.one, &pair.two] {
        side.until_attribute("path", "data-path", "server").await?;
        side.until_attribute("peer", "data-presence", "here")
            .await?;
        // This server keeps nothing: the old talk stands above a line that says so.
        side.until("document.body.textContent.includes('started anew')")
            .await?;
        side.until("document.body.textContent.includes('before')")
            .await?;
    }
    // What waited was meant for a talk that is gone: it is held, and can be had back.
    pair.two.until_newest("held").await?;
    pair.two.click("take-back").await?;
    pair.two.until_draft("said into the void").await?;
    pair.two.until_focused("composer").await?;
    // And the talk goes on, whoever got seat 1 this time.
    let seats = [pair.one.text("seat").await?, pair.two.text("seat").await?];
    let (first, second) = if seats[0].contains('1') {
        (&pair.one, &pair.two)
    } else {
        (&pair.two, &pair.one)
    };
    first.until_turn("mine").await?;
    first.say("and on we go").await?;
    second
        .until("document.body.textContent.includes('and on we go')")
        .await?;
    Ok(())
}
