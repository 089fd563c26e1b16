//! The page's program cannot go on, and the page says so.

use browser_tests::{Browser, Hub, Page};

const NOTICE_IS_SHOWN: &str = "document.getElementById('crash').checkVisibility()";

/// More memory than there is: the program cannot give it, and stops as it does in a panic.
const ASK_TOO_MUCH: &str = "program.__wbindgen_malloc(-1, 1)";

async fn running(hub: &Hub) -> anyhow::Result<(Browser, Page)> {
    let (browser, page) = Browser::at(&hub.table()).await?;
    page.until_seated(1, "vacant").await?;
    assert_eq!(page.evaluate(NOTICE_IS_SHOWN).await?, false);
    Ok((browser, page))
}

/// Most of the program runs in promises.
#[tokio::test]
async fn a_page_that_stops_in_a_promise_says_so() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page) = running(&hub).await?;
    // Nobody waits for it, or it would not be left unhandled.
    page.evaluate(&format!(
        "void wasmBindings.default().then((program) => {ASK_TOO_MUCH})"
    ))
    .await?;
    page.until(NOTICE_IS_SHOWN).await
}

/// The rest runs when the browser calls: for a key, a click, a frame, a time.
#[tokio::test]
async fn a_page_that_stops_in_a_handler_says_so() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page) = running(&hub).await?;
    page.evaluate(&format!(
        "void wasmBindings.default().then((program) => setTimeout(() => {ASK_TOO_MUCH}))"
    ))
    .await?;
    page.until(NOTICE_IS_SHOWN).await
}

/// What goes wrong elsewhere, in an extension for one, has not stopped the page.
#[tokio::test]
async fn other_errors_are_no_crash() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page) = running(&hub).await?;
    page.evaluate(
        "void (addEventListener('error', () => { document.body.dataset.heard = 'yes'; }),
             setTimeout(() => { throw new Error('not of the program'); }))",
    )
    .await?;
    page.until("document.body.dataset.heard === 'yes'").await?;
    assert_eq!(page.evaluate(NOTICE_IS_SHOWN).await?, false);
    Ok(())
}
