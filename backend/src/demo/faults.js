"use strict";
// Two origins, so that the two pages are two browsers to each other: each has a storage, and a seat, of its own.
const hosts = { one: "127.0.0.1", two: "localhost" };
const frames = Object.fromEntries([...document.querySelectorAll("iframe")].map((frame) => [frame.name, frame]));
const cuts = { server: false, direct: false };
const states = { one: {}, two: {} };
const LINES = 12;

const line = (name) => document.querySelector(`line[data-path="${name}"]`);
const draw = () => {
  line("one").dataset.open = Boolean(states.one.server);
  line("two").dataset.open = Boolean(states.two.server);
  line("direct").dataset.open = Boolean(states.one.direct && states.two.direct);
  line("one").dataset.cut = line("two").dataset.cut = cuts.server;
  line("direct").dataset.cut = cuts.direct;
  for (const button of document.querySelectorAll("[data-cut]")) {
    if (button.tagName !== "BUTTON") continue;
    const pressed = button.dataset.cut === "both" ? cuts.server && cuts.direct : cuts[button.dataset.cut];
    button.setAttribute("aria-pressed", pressed);
  }
};
const tellBoth = (word) => Object.values(frames).forEach((frame) => frame.contentWindow.postMessage(word, "*"));
const cut = (way, on) => {
  cuts[way] = on;
  tellBoth({ way, cut: on });
};

for (const button of document.querySelectorAll("button[data-cut]")) {
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const way of button.dataset.cut === "both" ? ["server", "direct"] : [button.dataset.cut]) cut(way, on);
    draw();
  });
}

const log = document.getElementById("log");
const note = (who, { way, out, name }) => {
  if (!out || ["ping", "pong", "typing", "standing"].includes(name)) return;
  const item = document.createElement("li");
  item.textContent = `${who === "one" ? "1" : "2"} → ${way}: ${name}`;
  log.append(item);
  while (log.children.length > LINES) log.firstChild.remove();
  const drawn = line(way === "direct" ? "direct" : who);
  drawn.dataset.busy = true;
  setTimeout(() => delete drawn.dataset.busy, 200);
};

addEventListener("message", ({ data, source }) => {
  const who = Object.keys(frames).find((name) => frames[name].contentWindow === source);
  if (!who) return;
  if (data.way) note(who, data);
  else {
    states[who] = data;
    // Seats go by arrival.
    if (states.one.server) load("two");
    // Whoever has come is told how it is, and both have allowed each other what they are here for.
    for (const way of ["server", "direct"]) frames[who].contentWindow.postMessage({ way, cut: cuts[way] }, "*");
    draw();
  }
});
setInterval(() => tellBoth({ allow: true }), 500);

const words = ["Are you still there?", "Right here.", "And now?", "Still here.", "Nothing lost?", "Not a word."];
let said = 0;
let talking;
document.getElementById("talk").addEventListener("click", ({ currentTarget }) => {
  const on = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", on);
  clearInterval(talking);
  if (on) talking = setInterval(() => tellBoth({ say: words[said++ % words.length] }), 1_500);
});

const load = (name) => {
  frames[name].src ||= `${location.protocol}//${hosts[name]}:${location.port}/`;
};
load("one");
draw();
