//! Two browsers in a network of their own find a way to each other, which is what all scenes with a direct path stand on.

use browser_tests::{Hub, Page, namespace};
use serde_json::Value;

use crate::Pair;
use crate::policy::REFUSED;

/// One end of a path, as any page would make it. What happens to it shows in the document.
const END: &str = "(() => {
    const shown = document.body.dataset;
    const connection = new RTCPeerConnection();
    const found = new Promise((done) => {
        connection.onicecandidate = (event) => { if (!event.candidate) done(); };
    });
    const use = (channel) => {
        window.channel = channel;
        channel.onopen = () => { shown.channel = 'open'; };
        channel.onmessage = (event) => { shown.heard = event.data; };
        channel.onclose = () => { shown.channel = 'closed'; };
    };
    connection.ondatachannel = (event) => use(event.channel);
    window.take = (description) => connection.setRemoteDescription(description);
    window.describe = async (offer) => {
        if (offer) await take(offer);
        else use(connection.createDataChannel('talk'));
        await connection.setLocalDescription();
        await found;
        return connection.localDescription.toJSON();
    };
    window.hangUp = () => connection.close();
    return true;
})()";

async fn described(page: &Page, offer: &str) -> anyhow::Result<Value> {
    page.evaluate(END).await?;
    page.evaluate(&format!("describe({offer})")).await
}

async fn until_shown(page: &Page, name: &str, value: &str) -> anyhow::Result<()> {
    page.until(&format!("document.body.dataset.{name} === '{value}'"))
        .await
}

#[tokio::test]
async fn two_browsers_find_each_other_without_anybody_between() -> anyhow::Result<()> {
    let name = "network::two_browsers_find_each_other_without_anybody_between";
    if !namespace::inside(name).await? {
        return Ok(());
    }
    let hub = Hub::start().await?;
    let Pair {
        one,
        two,
        _browsers,
    } = Pair::at_table(&hub).await?;
    let offer = described(&one, "").await?;
    let answer = described(&two, &offer.to_string()).await?;
    one.evaluate(&format!("take({answer})")).await?;
    for page in [&one, &two] {
        until_shown(page, "channel", "open").await?;
    }
    // Nobody is needed for what follows.
    hub.stop().await?;
    one.evaluate("channel.send('Are you there?')").await?;
    until_shown(&two, "heard", "Are you there?").await?;
    two.evaluate("channel.send('Right here.')").await?;
    until_shown(&one, "heard", "Right here.").await?;
    one.evaluate("hangUp()").await?;
    until_shown(&two, "channel", "closed").await?;
    for page in [&one, &two] {
        let refused = page.string(REFUSED).await?;
        assert_eq!(refused, "", "the page's policy is not in the way");
    }
    Ok(())
}
