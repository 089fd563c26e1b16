//! A server that writes down everything holds no word of the talk and no secret of the link.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use anyhow::{Context as _, ensure};
use browser_tests::{Browser, Connection, Hub, Page, Wire};
use shared::base64url;

use crate::invitation;

const SENTENCE: &str = "The heron stands where the river bends at dusk";

/// The forms in which somebody's words could stand in bytes: as they are, and as base64, which has three, depending on
/// where in a text they begin; the first and last sign of each are left out, since neighbours share them.
fn forms(words: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![words.as_bytes().to_vec()];
    for shift in 0..3 {
        let shifted = [vec![b' '; shift], words.as_bytes().to_vec()].concat();
        let text = base64url::encode(&shifted).into_bytes();
        forms.push(text[2 + shift..text.len() - 2].to_vec());
    }
    forms
}

fn holds(bytes: &[u8], form: &[u8]) -> bool {
    bytes.windows(form.len()).any(|window| window == form)
}

/// The bytes of a browser's WebSocket frames without their masks (RFC 6455, section 5.3).
fn unmasked(up: &[u8]) -> anyhow::Result<Vec<u8>> {
    let head = b"\r\n\r\n";
    let end = up.windows(head.len()).position(|window| window == head);
    let mut rest = &up[end.context("a request")? + head.len()..];
    let mut plain = Vec::new();
    while rest.len() > 6 {
        let (length, skip) = match rest[1] & 0x7f {
            126 => (usize::from(u16::from_be_bytes([rest[2], rest[3]])), 4),
            127 => anyhow::bail!("no frame of a page is that long"),
            short => (usize::from(short), 2),
        };
        let (mask, body) = rest[skip..].split_at(4);
        let body = body.get(..length).context("a whole frame")?;
        plain.extend(
            body.iter()
                .zip(mask.iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        rest = &rest[skip + 4 + length..];
    }
    Ok(plain)
}

/// The secret of a conversation's seat, where the browser keeps it.
async fn seat_secret(page: &Page) -> anyhow::Result<String> {
    let kept = "new Promise((done, fail) => {
        const opening = indexedDB.open('duologue');
        opening.onerror = fail;
        opening.onsuccess = () => {
            const name = `duologue.${location.pathname.split('/').at(-1)}.seat`;
            const found = opening.result.transaction('rooms').objectStore('rooms').get(name);
            found.onerror = fail;
            found.onsuccess = () => done(found.result);
        };
    })";
    page.string(kept).await
}

fn metrics(hub: SocketAddr) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(hub)?;
    write!(
        stream,
        "GET /metrics HTTP/1.1\r\nHost: {hub}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

#[tokio::test]
async fn the_server_sees_neither_words_nor_the_links_secret() -> anyhow::Result<()> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("secrecy.log");
    let hub = Hub::start_logging(&log).await?;
    let wires = [Wire::to(&hub).await?, Wire::to(&hub).await?];
    let (_first, one) = Browser::at(&wires[0].table()).await?;
    one.until_seated(1, "vacant").await?;
    one.click("new-conversation").await?;
    let link = invitation(&one).await?;
    let (_, secret) = link.split_once('#').context("a secret")?;
    // Once alone, under the link's secret; then in turns, under both keys.
    one.say(SENTENCE).await?;
    one.until_newest("stored").await?;
    let elsewhere = link.replace(&wires[0].table(), &wires[1].table());
    let (_second, two) = Browser::at(&elsewhere).await?;
    two.until_messages(1).await?;
    assert_eq!(two.messages().await?[0].text, SENTENCE);
    two.say(SENTENCE).await?;
    one.until_messages(2).await?;

    let mut seen = vec![std::fs::read(&log)?, metrics(hub.address())?];
    let mut frames = 0;
    for Connection { up, down } in wires.iter().flat_map(Wire::overheard) {
        if holds(&up, b"GET /ws ") {
            let plain = unmasked(&up)?;
            frames += plain
                .windows(14)
                .filter(|window| window == b"\"type\":\"hello\"")
                .count();
            seen.push(plain);
        }
        seen.extend([up, down]);
    }
    ensure!(frames >= 2, "the frames were not overheard");
    let kept = String::from_utf8_lossy(&seen[0]);
    ensure!(kept.lines().count() > 10, "the log is empty");
    let mut secrets = forms(SENTENCE);
    for secret in [secret, &seat_secret(&one).await?, &seat_secret(&two).await?] {
        ensure!(secret.len() == 43, "no secret of 32 bytes: {secret}");
        secrets.extend([secret.as_bytes().to_vec(), base64url::decode(secret)?]);
    }
    for (index, bytes) in seen.iter().enumerate() {
        for form in &secrets {
            ensure!(
                !holds(bytes, form),
                "recording {index} holds {}",
                String::from_utf8_lossy(form)
            );
        }
    }
    Ok(())
}
