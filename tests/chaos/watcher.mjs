/**
 * A watcher as browsers are: the page's own Channel over the Socket.IO client that pages load, without a page.
 *
 *   node --experimental-websocket watcher.mjs URL THREAD
 *
 * Tells each frame as a line of JSON on stdout; answers each line on stdin with the state it holds.
 */

import { createInterface } from "node:readline";

const [url, thread] = process.argv.slice(2);
const { protocol, hostname, port, host } = new URL(url);

// What a page has around it.
globalThis.location = { protocol, hostname, port, host, href: url, origin: url };
globalThis.addEventListener = () => {};
globalThis.document = { querySelector: () => null };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true, userAgent: "node" }, configurable: true });

const { Channel } = await import("../../static/js/live/channel.js");

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const held = new Map();

class TellingChannel extends Channel {
  hear(update) {
    say({ kind: "update", channel: update.channel, revision: update.revision, text: JSON.stringify(update) });
    super.hear(update);
  }

  accept(ack) {
    say({ kind: "ack", channel: ack.channel, revision: ack.revision, text: JSON.stringify(ack) });
    super.accept(ack);
  }
}

async function read(path) {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(8000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** What a page does that is drawn anew: the thread's revision first, then its posts. */
async function readAll() {
  const { stream, revision } = await read(`/api/v1/threads/${thread}`);
  const found = new Map();
  for (let after = 0, more = true; more; ) {
    const page = await read(`/api/v1/threads/${thread}/posts?after=${after}&limit=200`);
    for (const post of page.items) found.set(post.id, post);
    after = page.items.at(-1)?.seq ?? after;
    more = page.more;
  }
  held.clear();
  for (const [id, post] of found) held.set(id, post);
  return { stream, revision };
}

const listener = {
  apply: (items) => { for (const item of items) if (item.type === "post") held.set(item.id, item); },
  reset: readAll,
  viewers: () => {},
  gone: () => say({ kind: "gone" }),
};

async function start() {
  for (;;) {
    try {
      return await readAll();
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, 300); });
    }
  }
}

const { stream, revision } = await start();
const channel = new TellingChannel(`thread:${thread}`, stream, revision, listener);
say({ kind: "ready" });

const brief = (post) => [post.id, post.seq, post.revision, post.state, post.body];
createInterface({ input: process.stdin })
  .on("line", () => say({ kind: "state", posts: [...held.values()].map(brief), connected: channel.socket.connected }))
  .on("close", () => process.exit(0));
