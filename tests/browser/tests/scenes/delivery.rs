//! How the page is delivered: compressed, its parts cached for ever by name, the page itself never.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anyhow::Context as _;
use browser_tests::Hub;

/// The head of the answer, in lower case, and the body as it came over the wire.
fn get(hub: SocketAddr, path: &str, encoding: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect(hub)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {hub}\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .context("an answer has a head")?;
    let head = String::from_utf8(answer[..end].to_vec())?.to_lowercase();
    Ok((head, answer[end + 4..].to_vec()))
}

/// Paths of this site that the page names.
fn parts(page: &str) -> Vec<String> {
    let mut parts: Vec<_> = page
        .split(['"', '\'', '=', '>', ' '])
        .filter(|text| {
            text.starts_with('/') && text.contains('.') && !text.contains(char::is_whitespace)
        })
        .map(str::to_owned)
        .collect();
    parts.sort();
    parts.dedup();
    parts
}

#[tokio::test]
async fn the_page_is_small_and_its_parts_are_kept() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (head, page) = get(hub.address(), "/", "identity")?;
    assert!(head.contains("cache-control: no-cache"), "{head}");
    let page = String::from_utf8(page)?;
    let parts = parts(&page);
    for kind in [".wasm", ".js", ".css", ".svg"] {
        assert!(
            parts.iter().any(|part| part.ends_with(kind)),
            "{kind} in {parts:?}"
        );
    }
    // The manifest is no part of it: the browser reads it when somebody installs the page.
    for part in parts
        .into_iter()
        .filter(|part| part != "/manifest.webmanifest")
    {
        let (head, whole) = get(hub.address(), &part, "identity")?;
        assert!(head.starts_with("http/1.1 200"), "{part}: {head}");
        assert!(
            head.contains("immutable") && head.contains("max-age=31536000"),
            "{part}: {head}"
        );
        let name = part.rsplit('/').next().unwrap_or_default();
        // A hash is written without the zeros it begins with.
        let hash = name.split(['-', '_', '.']).any(|word| {
            (12..=16).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        assert!(
            hash,
            "{part} would be kept for ever under a name without a hash"
        );
        if whole.len() < 2_000 {
            continue;
        }
        for encoding in ["br", "gzip"] {
            let (head, packed) = get(hub.address(), &part, encoding)?;
            assert!(
                head.contains(&format!("content-encoding: {encoding}")),
                "{part}: {head}"
            );
            assert!(
                packed.len() * 10 < whole.len() * 7,
                "{part} is hardly smaller as {encoding}"
            );
        }
    }
    Ok(())
}
