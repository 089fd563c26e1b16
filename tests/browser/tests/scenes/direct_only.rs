//! Two who agree that the server stores nothing of what they say, and let it store again.

use std::path::Path;

use browser_tests::{Hub, namespace};

use crate::Pair;
use crate::direct::{assert_one_talk, side_by_side, speak, until_path};
use crate::outbox::empty_folder;

/// Entries of the conversation that the server has.
async fn stored(data: &Path) -> anyhow::Result<usize> {
    let journal = Hub::export(data).await?;
    let conversation = journal.iter().filter(|line| line["room"] != "table");
    Ok(conversation.count())
}

/// Seat 1 suggests it, and seat 2 agrees.
pub(crate) async fn agree(pair: &Pair) -> anyhow::Result<()> {
    pair.one.click("path").await?;
    pair.one.click("propose-store").await?;
    pair.two
        .until_text("suggestion", "the server stores nothing")
        .await?;
    pair.two.click("accept").await?;
    until_path(pair, "direct").await
}

async fn until_both_are_there(pair: &Pair) -> anyhow::Result<()> {
    for (page, seat) in [(&pair.one, 1), (&pair.two, 2)] {
        page.until_seated(seat, "here").await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_server_stores_nothing_until_it_is_wanted_back() -> anyhow::Result<()> {
    if !namespace::inside("direct_only::the_server_stores_nothing_until_it_is_wanted_back").await? {
        return Ok(());
    }
    let data = empty_folder("direct-only")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let pair = side_by_side(&hub).await?;
    for number in 0..2 {
        speak(&pair, number).await?;
    }
    agree(&pair).await?;
    until_both_are_there(&pair).await?;
    let before = stored(&data).await?;
    for number in 2..8 {
        speak(&pair, number).await?;
    }
    pair.two.until_newest("delivered").await?;
    assert_eq!(stored(&data).await?, before);

    // A reload finds the talk in the browser, and the other through the server.
    pair.two.reload().await?;
    pair.two.until_messages(8).await?;
    until_path(&pair, "direct").await?;
    until_both_are_there(&pair).await?;
    speak(&pair, 8).await?;
    assert_eq!(stored(&data).await?, before);

    pair.two.click("path").await?;
    pair.two.click("store-again").await?;
    until_path(&pair, "both").await?;
    speak(&pair, 9).await?;
    pair.two.until_newest("delivered").await?;
    assert_one_talk(&pair, &data).await
}

#[tokio::test]
async fn without_a_direct_path_one_alone_gets_the_server_back() -> anyhow::Result<()> {
    if !namespace::inside("direct_only::without_a_direct_path_one_alone_gets_the_server_back")
        .await?
    {
        return Ok(());
    }
    let data = empty_folder("direct-only-alone")?;
    let hub = Hub::start_keeping(&data, None).await?;
    let pair = side_by_side(&hub).await?;
    agree(&pair).await?;
    until_both_are_there(&pair).await?;
    speak(&pair, 0).await?;
    pair.one.until_newest("delivered").await?;
    let Pair {
        one,
        two,
        _browsers,
    } = pair;
    two.close().await?;
    one.until_text("unsaved", "there is no direct path").await?;
    crate::pictures::everywhere(&one, "direct-only-waits").await?;
    one.click("server-back").await?;
    one.until_attribute("path", "data-path", "server").await?;
    one.until_gone("unsaved").await?;
    assert_eq!(
        stored(&data).await?,
        6,
        "two seats, the agreement, a message, its end"
    );
    drop(hub);
    Ok(())
}
