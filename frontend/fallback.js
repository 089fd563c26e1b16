// Says so in words when the page's program does not start, or has stopped, and has the page kept for when its server is
// gone. External, so that no inline script needs allowing.
(() => {
  "use strict";
  const PATIENCE_MS = 10_000;

  const say = (words) => {
    const line = document.getElementById("loading");
    if (line) line.textContent = words;
  };
  if (typeof WebAssembly !== "object") {
    say("This browser has no WebAssembly, or it is turned off. Duologue needs it.");
    return;
  }
  // A panic of the program ends in a trap, and so does anything else that it cannot go on from.
  const failed = ({ error, reason }) => {
    if ((error ?? reason) instanceof WebAssembly.RuntimeError) {
      document.getElementById("crash")?.removeAttribute("hidden");
    } else {
      say("Duologue could not be loaded. Check the connection, then load the page again.");
    }
  };
  addEventListener("unhandledrejection", failed);
  addEventListener("error", failed, true);
  // Only where the browser trusts the origin there is such a thing; without it the page takes its server to open.
  addEventListener("load", () => navigator.serviceWorker?.register("/sw.js").catch(() => undefined));
  setTimeout(() => say("Still loading. The connection seems to be slow."), PATIENCE_MS);
})();
