//! Two browsers that reach each other by a relay alone, with the passwords that the server makes.

use browser_tests::{Browser, Hub, Page, Relay, namespace};
use serde_json::json;

use crate::Pair;
use crate::direct::{allow, speak, until_path};
use crate::outbox::empty_folder;

const SECRET: &str = "north by northwest";

/// What a network does that lets nothing through but to the relay.
const RELAYED: &str = "(() => {
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
        constructor(configuration) {
            super({ ...configuration, iceTransportPolicy: 'relay' });
        }
    };
})()";

/// A page at the table whose browser knows no other way than a relay.
async fn relayed(hub: &Hub) -> anyhow::Result<(Browser, Page)> {
    let (browser, page) = Browser::at("about:blank").await?;
    let script = json!({ "source": RELAYED });
    page.browser_command("Page.addScriptToEvaluateOnNewDocument", script)
        .await?;
    page.go(&hub.table()).await?;
    Ok((browser, page))
}

async fn at_table(hub: &Hub) -> anyhow::Result<Pair> {
    let (first, one) = relayed(hub).await?;
    one.until_seated(1, "vacant").await?;
    let (second, two) = relayed(hub).await?;
    two.until_seated(2, "here").await?;
    one.until_seated(1, "here").await?;
    Ok(Pair {
        one,
        two,
        _browsers: [first, second],
    })
}

#[tokio::test]
async fn a_relay_lets_in_whom_the_server_gave_a_password() -> anyhow::Result<()> {
    if !namespace::inside("relay::a_relay_lets_in_whom_the_server_gave_a_password").await? {
        return Ok(());
    }
    let _relay = Relay::start(SECRET, &empty_folder("relay")?).await?;
    let url = Relay::url();
    let hub = Hub::start_with(&["--turn", &url, "--turn-secret", SECRET]).await?;
    let pair = at_table(&hub).await?;
    allow(&pair).await?;
    speak(&pair, 0).await?;
    hub.kill().await?;
    until_path(&pair, "direct").await?;
    speak(&pair, 1).await?;
    speak(&pair, 2).await
}

#[tokio::test]
async fn where_no_relay_helps_the_page_says_why_and_goes_on_by_the_server() -> anyhow::Result<()> {
    let name = "relay::where_no_relay_helps_the_page_says_why_and_goes_on_by_the_server";
    if !namespace::inside(name).await? {
        return Ok(());
    }
    let _relay = Relay::start(SECRET, &empty_folder("no-relay")?).await?;
    let url = Relay::url();
    let hub = Hub::start_with(&["--turn", &url, "--turn-secret", "another"]).await?;
    let pair = at_table(&hub).await?;
    pair.one.click("allow-direct").await?;
    pair.two
        .until_text("direct-question", "would like a direct path")
        .await?;
    pair.two.click("allow-direct").await?;
    for page in [&pair.one, &pair.two] {
        page.until_text("path-details", "No direct path was found")
            .await?;
        page.until_attribute("path", "data-path", "server").await?;
    }
    speak(&pair, 0).await
}
