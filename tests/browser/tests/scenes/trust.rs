//! Safety words: the same on both sides, remembered once compared, and a notice when a key changes.

use anyhow::ensure;
use browser_tests::{Hub, Page};

use crate::{Pair, host};

async fn words(page: &Page) -> anyhow::Result<Vec<String>> {
    page.click("safety").await?;
    page.until_shown("safety-words").await?;
    let words = page
        .string("[...document.querySelectorAll('[data-testid=\"safety-words\"] li')].map((word) => word.textContent).join(' ')")
        .await?;
    Ok(words.split(' ').map(str::to_owned).collect())
}

#[tokio::test]
async fn both_see_the_same_words_and_others_see_others() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    let seen = words(&pair.one).await?;
    ensure!(
        seen.len() == 8 && seen.iter().all(|word| word.len() >= 3),
        "{seen:?}"
    );
    assert_eq!(words(&pair.two).await?, seen);

    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    assert_ne!(words(&pair.one).await?, seen);
    Ok(())
}

#[tokio::test]
async fn compared_words_are_remembered_over_a_reload() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_first, one, link) = host(&hub).await?;
    let (_second, two) = browser_tests::Browser::at(&link).await?;
    two.until_seated(2, "here").await?;
    one.until_attribute("safety", "data-trust", "unverified")
        .await?;
    words(&one).await?;
    one.click("verify").await?;
    one.until_attribute("safety", "data-trust", "verified")
        .await?;
    one.click("people-close").await?;
    one.reload().await?;
    one.until_attribute("safety", "data-trust", "verified")
        .await?;
    // The other has compared nothing.
    two.until_attribute("safety", "data-trust", "unverified")
        .await?;
    Ok(())
}
