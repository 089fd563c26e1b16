//! The page lives within its content security policy, and nothing else does.

use browser_tests::Hub;

use crate::Pair;

/// What the browser has refused so far, in its own words.
pub(crate) const REFUSED: &str = "(() => {
    const observer = new ReportingObserver(() => {}, { types: ['csp-violation'], buffered: true });
    observer.observe();
    return observer.takeRecords().map(record => record.body.effectiveDirective).join(' ');
})()";

/// A script as somebody would smuggle it in.
const SMUGGLE: &str = "(() => {
    const script = document.createElement('script');
    script.textContent = 'window.smuggled = true';
    document.body.append(script);
    return window.smuggled === true;
})()";

#[tokio::test]
async fn the_page_needs_nothing_that_its_policy_refuses() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let pair = Pair::at_table(&hub).await?;
    pair.one.say("https://example.org/ and more").await?;
    pair.two.until_messages(1).await?;
    for page in [&pair.one, &pair.two] {
        assert_eq!(page.string(REFUSED).await?, "");
    }
    // And the policy is in force, and its refusals would have been seen.
    assert_eq!(pair.one.evaluate(SMUGGLE).await?, false);
    assert_eq!(pair.one.string(REFUSED).await?, "script-src-elem");
    Ok(())
}
