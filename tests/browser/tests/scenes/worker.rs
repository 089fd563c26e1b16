//! What the service worker makes of servers that are slow, moved, gone, or not ours: run in a browser, with stand-ins for
//! the network and for what it keeps.

use browser_tests::{Browser, Hub};
use serde_json::{Value, json};

const WORKER: &str = include_str!("../../../../frontend/sw.js");

/// The world around it: `server` answers, `kept` is what it keeps, and its patience is short.
const AROUND: &str = r#"
    const handlers = {};
    const addEventListener = (name, handler) => { handlers[name] = handler; };
    const location = { origin: "https://talk.example" };
    const setTimeout = (done) => globalThis.setTimeout(done, 50);
    const kept = new Map();
    const nameOf = (request) => new URL(request.url ?? request, location.origin).href;
    const cache = {
        match: async (request) => kept.get(nameOf(request))?.clone(),
        put: async (request, answer) => void kept.set(nameOf(request), answer),
        add: async (request) => void kept.set(nameOf(request), await fetch(request)),
        keys: async () => [...kept.keys()].map((url) => ({ url })),
        delete: async (request) => kept.delete(nameOf(request)),
    };
    const caches = { open: async () => cache, match: cache.match };
    let server;
    const fetch = async (request) => {
        const { pathname } = new URL(nameOf(request));
        return pathname.endsWith(".js") ? new Response("part") : server();
    };
"#;

/// Visits, one after the other: what is shown for each.
const VISITS: &str = r#"
    const html = (sign) => `<script src="/page-${sign.repeat(16)}.js"></script>`;
    const page = (sign) => async () => new Response(html(sign));
    const slow = (answer) => () => new Promise((done) => globalThis.setTimeout(() => done(answer()), 150));
    const status = (status) => async () => new Response(`status ${status}`, { status });
    const visit = async (answer) => {
        server = answer;
        const waits = [];
        let shown;
        handlers.fetch({
            request: { url: `${location.origin}/c/abc`, method: "GET", mode: "navigate" },
            respondWith: (answer) => { shown = answer; },
            waitUntil: (wait) => waits.push(wait),
        });
        const seen = await shown;
        const text = seen.type === "opaqueredirect" ? "moved" : await seen.clone().text();
        await Promise.all(waits);
        return text.match(/page-(.)/)?.[1] ?? text;
    };
    server = page("a");
    const installs = [];
    handlers.install({ waitUntil: (wait) => installs.push(wait) });
    await Promise.all(installs);
    const offline = async () => { throw new TypeError("no network"); };
    const moved = async () => ({ ok: false, status: 0, type: "opaqueredirect", clone() { return this; } });
    return {
        offline: await visit(offline),
        slowWithNew: await visit(slow(page("b"))),
        afterSlow: await visit(slow(page("b"))),
        moved: await visit(moved),
        gone: await visit(status(410)),
        broken: await visit(status(502)),
        busy: await visit(status(429)),
        unrouted: await visit(status(404)),
        notice: await visit(async () => new Response("down for maintenance")),
        afterNotice: await visit(offline),
        parts: [...kept.keys()].map((url) => new URL(url).pathname).sort(),
    };
"#;

#[tokio::test]
async fn it_keeps_the_page_and_hides_nothing() -> anyhow::Result<()> {
    let hub = Hub::start().await?;
    let (_browser, page) = Browser::at(&hub.table()).await?;
    let script = format!(
        "(async () => {{ {AROUND} const worker = () => {{ {WORKER} }}; worker(); {VISITS} }})()"
    );
    let seen: Value = page.evaluate(&script).await?;
    let expected = json!({
        "offline": "a",
        // It is shown the next time.
        "slowWithNew": "a",
        "afterSlow": "b",
        "moved": "moved",
        "gone": "status 410",
        "broken": "b",
        "busy": "b",
        "unrouted": "b",
        "notice": "down for maintenance",
        "afterNotice": "b",
        "parts": ["/", "/page-bbbbbbbbbbbbbbbb.js"],
    });
    assert_eq!(seen, expected);
    Ok(())
}
