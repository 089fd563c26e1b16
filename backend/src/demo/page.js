// In the fault room a page does as it is told: its ways are cut and mended, and what goes over them is shown. The page's own
// program knows nothing of it.
"use strict";
(() => {
  if (window.top === window) return;
  const cut = { server: false, direct: false };
  const open = { server: new Set(), direct: new Set() };

  const tell = (word) => window.top.postMessage(word, "*");
  const state = () => tell({ server: open.server.size > 0, direct: open.direct.size > 0 });
  const shown = (way, out, text) => {
    try {
      const frame = JSON.parse(text);
      tell({ way, out, name: frame.type ?? Object.keys(frame)[0] });
    } catch {
      // No frame.
    }
  };
  const follow = (end, way) => {
    end.addEventListener("open", () => {
      if (cut[way]) return end.close();
      open[way].add(end);
      state();
    });
    end.addEventListener("close", () => {
      open[way].delete(end);
      state();
    });
    end.addEventListener("message", ({ data }) => shown(way, false, data));
    const send = end.send.bind(end);
    end.send = (text) => {
      shown(way, true, text);
      send(text);
    };
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, protocols) {
      super(url, protocols);
      follow(this, "server");
      // What is cut lets nothing in: closed before it has opened, it never was.
      if (cut.server) this.close();
    }
  };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration) {
      super(configuration);
      this.addEventListener("datachannel", ({ channel }) => follow(channel, "direct"));
    }
    createDataChannel(...about) {
      const channel = super.createDataChannel(...about);
      follow(channel, "direct");
      return channel;
    }
  };

  const named = (name) => document.querySelector(`[data-testid="${name}"]`);
  const say = (words) => {
    const composer = named("composer");
    composer.value = words;
    composer.dispatchEvent(new InputEvent("input", { bubbles: true }));
    setTimeout(() => named("send")?.click(), 50);
  };
  addEventListener("message", ({ data, source }) => {
    if (source !== window.top) return;
    if (data.way) {
      cut[data.way] = data.cut;
      if (data.cut) for (const end of [...open[data.way]]) end.close();
    } else if (data.allow) {
      named("allow-direct")?.click();
    } else if (data.say && named("turn")?.dataset.turn === "mine") {
      say(data.say);
    }
  });
})();
