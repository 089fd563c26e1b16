// Keeps the page itself, so that it opens without its server. Nothing that anybody says comes here: that goes over
// sockets, and what stands behind the # of an address is in no request.
"use strict";

const KEPT = "page";
const PAGE = "/";
const PATIENCE_MS = 3_000;
// What the page is made of carries a hash of its content in its name.
const PART = /[\w-]+-[0-9a-f]{16}(?:_bg)?\.(?:css|js|svg|wasm)/g;

// A new page is kept once all its parts are; then what only the old one needed goes.
const keep = async (page) => {
  const cache = await caches.open(KEPT);
  const parts = new Set((await page.clone().text()).match(PART)?.map((part) => `/${part}`));
  // Whatever has none is somebody else's page: a notice, or another program behind the same address.
  if (parts.size === 0) return;
  for (const part of parts) {
    if (!(await cache.match(part))) await cache.add(part);
  }
  await cache.put(PAGE, page);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== PAGE && !parts.has(pathname)) await cache.delete(url);
  }
};

const patience = () => new Promise((done) => setTimeout(done, PATIENCE_MS));

// Answers that mean this visitor, or an end. Proxies say others, 404 among them, while there is no server behind them.
const FINAL = [401, 403, 407, 410, 451];

// Whether it says where to go, or that there is nothing here: a kept page would hide that for ever.
const isFinal = ({ type, status }) => type === "opaqueredirect" || FINAL.includes(status);

// The server's page where there is one; the kept one where it fails, or takes too long. What comes late is for next time.
const page = async (event) => {
  const asked = fetch(event.request).catch(() => undefined);
  const kept = asked.then((answer) => (answer?.ok ? keep(answer.clone()) : undefined));
  event.waitUntil(kept.catch(() => undefined));
  const answer = await Promise.race([asked, patience()]);
  if (answer && (answer.ok || isFinal(answer))) return answer;
  return (await caches.match(PAGE)) ?? (await asked) ?? Response.error();
};

addEventListener("install", (event) => {
  event.waitUntil(fetch(PAGE, { cache: "no-cache" }).then(keep));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === PAGE || pathname.startsWith("/c/")) event.respondWith(page(event));
  } else if (pathname.match(PART)) {
    event.respondWith(caches.match(pathname).then((part) => part ?? fetch(request)));
  }
});
