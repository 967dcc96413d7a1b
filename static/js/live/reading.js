/** Notes which comments were in sight, tells the server now and then, and shows what is still new. */

import { fill } from "../lib/characters.js";
import { seqOf } from "../lib/order.js";
import { holds, sameRanges, toRanges } from "../lib/ranges.js";
import { Channel } from "./channel.js";
import { request } from "./requests.js";

// In sight for as long as it takes to begin reading.
const LOOK_MS = 800;
// Told together, and not by a whole hall in the same second.
const TELL_AFTER_MS = 3000;
const SPREAD_MS = 2000;
// As many stretches as the server takes at once.
const MOST_RANGES = 40;

export class Reading {
  constructor(main) {
    this.main = main;
    this.url = `/api/v1/threads/${main.dataset.thread}/reading`;
    this.untold = new Set();
    this.looking = new Map();
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => this.look(entry)));
    this.seen = [];
    this.observeAll();
    addEventListener("visibilitychange", () => { if (document.hidden) this.tell(); });
    addEventListener("pagehide", () => this.tell());
    const { readings, readingsStream, readingsRevision } = main.dataset;
    this.channel = new Channel(readings, readingsStream, Number(readingsRevision), {
      apply: (items) => items.forEach((item) => this.hear(item)),
      reset: () => this.ask(),
      viewers: () => {},
      gone: () => {},
    });
  }

  observeAll() {
    for (const article of this.main.querySelectorAll("[data-posts] article[data-post-id]")) this.observe(article);
  }

  observe(article) {
    if (seqOf(article.id) !== null) this.sight.observe(article);
  }

  look({ isIntersecting, target }) {
    clearTimeout(this.looking.get(target));
    if (!isIntersecting) return;
    this.looking.set(target, setTimeout(() => this.see(target), LOOK_MS));
  }

  see(article) {
    if (document.hidden || !article.isConnected) return;
    this.sight.unobserve(article);
    this.looking.delete(article);
    const seq = seqOf(article.id);
    if (seq === null || holds(this.seen, seq)) return;
    this.untold.add(seq);
    this.timer ??= setTimeout(() => this.tell(), TELL_AFTER_MS + Math.random() * SPREAD_MS);
  }

  /** What the server does not hear of now is told with the next. */
  async tell() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.untold.size) return;
    const told = [...this.untold];
    this.untold.clear();
    const seen = toRanges(told).slice(0, MOST_RANGES);
    const { status, json } = await request("POST", this.url, { seen }, {}, { keepalive: true });
    if (status === 200) this.show(json);
    else if (status === 0 || status >= 429) told.forEach((seq) => this.untold.add(seq));
  }

  /** Another page of the same person has read on: how much is new is asked for, as it changes all the time. */
  async hear(item) {
    if (item.type === "limits") this.main.dispatchEvent(new CustomEvent("limits:changed"));
    if (String(item.thread_id) !== this.main.dataset.thread || sameRanges(item.seen, this.seen)) return;
    const { status, json } = await request("GET", this.url);
    if (status === 200) this.show(json);
  }

  show({ seen, unread }) {
    this.seen = seen;
    for (const place of this.main.querySelectorAll("[data-rail-new]")) place.hidden = unread === 0;
    const count = this.main.querySelector("[data-rail-count]");
    if (count) count.textContent = fill(unread === 1 ? count.dataset.one : count.dataset.many, { number: unread });
  }

  async ask() {
    const { status, json } = await request("GET", this.url);
    if (status !== 200) throw new Error("What was read is not known just now.");
    this.show(json);
    const found = await request("GET", `/api/v1/channels/${this.channel.name}/changes`);
    return { stream: found.json.stream, revision: found.json.revision };
  }
}

/** Brings somebody who comes back to what is new, unless the address or the browser names another place. */
export function openAtNew() {
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (location.hash || how === "back_forward" || how === "reload") return;
  document.querySelector("#new")?.scrollIntoView({ block: "start", behavior: "instant" });
}
