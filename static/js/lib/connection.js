/** The page's one connection to the server, shared by every module that listens. */

import { io } from "../../vendor/socket.io.js";

const PATIENCE_MS = 2500;
const REFUSED_MS = 1500;

let socket = null;
let barTimer = null;

/** The Socket.IO socket of this page, opened on first use. */
export function connection() {
  socket ??= open();
  return socket;
}

function open() {
  const made = io({
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    // From 0.2 to 3.75 s: spread, and yet all see what is there five seconds after a fault has healed.
    reconnectionDelay: 400,
    reconnectionDelayMax: 2500,
    randomizationFactor: 0.5,
    timeout: 10_000,
  });
  made.on("connect", () => showBar(false));
  made.on("disconnect", () => showBarSoon(made));
  made.on("connect_error", (error) => {
    showBarSoon(made);
    if (!made.active && error.message !== "unauthorized") askAgainLater(made);
  });
  // A device that knows it is offline need not wait for a ping to fail; nor one that is back.
  addEventListener("offline", () => made.io.engine?.close());
  addEventListener("online", () => made.connect());
  addEventListener("pageshow", (event) => { if (event.persisted) made.connect(); });
  return made;
}

/** The server is full or its database away: the library takes a refusal as final, and we do not. */
function askAgainLater(made) {
  setTimeout(() => made.connect(), REFUSED_MS * (1 + Math.random()));
}

/** Says that the line is down only when it stays down: a short gap is nobody's worry. */
function showBarSoon(made) {
  clearTimeout(barTimer);
  barTimer = setTimeout(() => showBar(!made.connected), PATIENCE_MS);
}

function showBar(isDown) {
  clearTimeout(barTimer);
  const bar = document.querySelector("[data-offline]");
  if (bar) bar.hidden = !isDown && navigator.onLine;
}
