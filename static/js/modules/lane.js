/**
 * A moderator in a live thread: `j` and `k` go from comment to comment, `h` asks for the rule, its digit hides,
 * `u` takes it back.
 * The strip shows what waits its seconds. Without this the same links lead to the same forms.
 */

import { fill } from "../lib/characters.js";
import { stepTo } from "../lib/keys.js";
import { secondsLeft } from "../lib/lane.js";
import { redraw } from "../live/parts.js";
import { request } from "../live/requests.js";
import { announce } from "./announce.js";

const LOOK_EVERY_MS = 2500;
const UNDO_MS = 8000;

export function mount(element) {
  new Lane(element).start();
}

class Lane {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    this.main = element.closest("main");
    this.strip = element.querySelector("[data-lane]");
    this.dialog = element.querySelector("dialog");
    this.done = element.querySelector("[data-lane-done]");
    this.current = null;
  }

  start() {
    this.main.addEventListener("click", (event) => this.onClick(event));
    for (const name of ["pointerdown", "focusin"]) this.main.addEventListener(name, (event) => this.remember(event.target));
    this.dialog.addEventListener("click", (event) => this.onChoice(event));
    this.dialog.addEventListener("keydown", (event) => this.onDigit(event));
    this.done.querySelector("[data-lane-undo]").addEventListener("click", () => this.undo());
    if ("keys" in this.words) document.addEventListener("keydown", (event) => this.onKey(event));
    this.main.addEventListener("thread:changed", () => this.plan());
    document.addEventListener("visibilitychange", () => this.plan());
    setInterval(() => this.countDown(), 1000);
    this.plan();
    this.countDown();
  }

  // --- what waits ---

  isDelayed() {
    const pace = this.main.querySelector("[data-room]")?.dataset.pace ?? "";
    return pace.includes("delay") || Boolean(this.strip.querySelector("[data-delayed], [data-lane-item]"));
  }

  plan() {
    if (this.timer || document.hidden || !this.isDelayed()) return;
    this.timer = setTimeout(async () => {
      await this.look();
      this.timer = null;
      this.plan();
    }, LOOK_EVERY_MS);
  }

  async look() {
    await redraw(this.strip, this.words.url);
    this.countDown();
  }

  countDown() {
    for (const place of this.strip.querySelectorAll("[data-until]")) {
      place.textContent = fill(this.words.wordsLeft, { number: secondsLeft(place.dataset.until, Date.now()) });
    }
  }

  // --- which comment ---

  items() {
    return [...this.main.querySelectorAll("[data-posts] article[data-state=visible]:not([data-mine]), [data-lane-item]")];
  }

  remember(target) {
    const item = target.closest?.("article[data-post-id]");
    if (item) this.current = item.id;
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const items = this.items();
    const here = items.find((item) => item.id === this.current);
    if (event.key === "j" || event.key === "k") this.go(stepTo(items, here, event.key === "j" ? 1 : -1));
    else if (event.key === "h" && here) this.ask(here);
    else if (event.key === "u" && !this.done.hidden) this.undo();
    else return;
    event.preventDefault();
  }

  go(item) {
    if (!item) return;
    this.current = item.id;
    item.tabIndex = -1;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
  }

  // --- hiding ---

  onClick(event) {
    const button = event.target.closest?.("[data-hide], [data-lane-show]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const item = button.closest("article[data-post-id]");
    if (button.hasAttribute("data-hide")) this.ask(item);
    else this.show(item.dataset.postId);
  }

  ask(item) {
    this.asked = { ...item.dataset };
    const [name, words] = [".byline-name", ".prose"].map((part) => item.querySelector(part)?.textContent.trim() ?? "");
    this.dialog.querySelector("[data-lane-words]").textContent = `${name}: ${words}`;
    this.dialog.showModal();
  }

  onChoice(event) {
    const rule = event.target.closest("[data-rule]")?.dataset.rule;
    if (rule) this.hide(rule);
    else if (event.target.closest("[data-lane-back]")) this.dialog.close();
  }

  onDigit(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !("keys" in this.words)) return;
    const button = /^[1-9]$/.test(event.key) && this.dialog.querySelector(`[data-rule="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    this.hide(button.dataset.rule);
  }

  async hide(rule) {
    this.dialog.close();
    const { postId, revision } = this.asked;
    const json = await this.post(`/moderation/posts/${Number(postId)}/hide-now`, { rule, revision });
    if (json) this.offerUndo(json);
  }

  async show(postId) {
    const json = await this.post(`/moderation/posts/${Number(postId)}/show-now`, {});
    if (json) announce(json.words);
  }

  offerUndo({ words, undo }) {
    this.undoUrl = undo;
    this.done.querySelector("[data-lane-said]").textContent = words;
    this.done.hidden = false;
    clearTimeout(this.undoTimer);
    this.undoTimer = setTimeout(() => { this.done.hidden = true; }, UNDO_MS);
  }

  async undo() {
    this.done.hidden = true;
    const json = await this.post(this.undoUrl, {});
    if (json) announce(json.words);
  }

  /** What the server says was done; null where it was not, which is announced. */
  async post(url, fields) {
    const body = new URLSearchParams(fields);
    const { status, json } = await request("POST", url, undefined, {}, { body });
    this.look();
    if (status === 200) return json;
    announce(json?.detail ?? this.words.wordsFailed);
    return null;
  }
}

function isTyping(element) {
  return element.closest?.("input, textarea, select, dialog, [contenteditable]");
}
