/** Sends comments without leaving the page: shown at once, kept until acknowledged, each published once. */

import { pause } from "../lib/chance.js";
import { meaningOf, outboxName, packOutbox, unpackOutbox } from "../lib/outbox.js";
import { request } from "./requests.js";
import { read, write } from "../lib/storage.js";
import { filesOf } from "../modules/tray.js";
import { bringInSight } from "./scroll.js";

/**
 * `arrived(post, isHeld)` is called with the API's post for each that the server took, before its stand-in leaves.
 */
export class Sending {
  constructor(main, form, { arrived, busy }) {
    this.main = main;
    this.words = main.dataset;
    this.arrived = arrived;
    this.busy = busy;
    this.list = main.querySelector("[data-posts]");
    this.template = main.querySelector("[data-pending-post]");
    this.name = outboxName(main.dataset.me, `thread-${main.dataset.thread}`);
    this.entries = unpackOutbox(read(this.name), Date.now());
    this.attempts = 0;
    this.use(form);
    addEventListener("online", () => this.start());
    for (const entry of this.entries) this.show(entry);
    this.start();
  }

  /** The form may be another one after the page was read again. */
  use(form) {
    this.form = form;
    if (!form || this.known?.has(form)) return;
    (this.known ??= new WeakSet()).add(form);
    form.addEventListener("submit", (event) => this.take(event));
  }

  take(event) {
    if (event.submitter?.name === "do") return;
    // A poll goes with its form, so that what is wrong with it is said beside its fields.
    if (asksPoll(this.form)) return;
    event.preventDefault();
    const body = this.form.elements.body.value.trim();
    if (!body) return;
    const replyTo = Number(this.form.elements.reply_to.value) || null;
    const files = filesOf(this.form);
    const entry = { key: newKey(), body, reply_to: replyTo, files, at: Date.now() };
    this.entries.push(entry);
    this.keep();
    bringInSight(this.show(entry));
    this.form.dispatchEvent(new CustomEvent("composer:sent"));
    this.form.elements.reply_to.value = "";
    this.form.querySelector("[data-reply-context]").hidden = true;
    this.start();
  }

  keep() {
    write(this.name, packOutbox(this.entries));
  }

  /** One after the other, so that they are published in the order in which they were written. */
  async start() {
    clearTimeout(this.timer);
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let entry = this.next(); entry; entry = this.next()) {
        if (!(await this.send(entry))) break;
      }
    } finally {
      this.isSending = false;
    }
  }

  next() {
    return this.entries.find((entry) => !entry.refusal);
  }

  /** True if the next may be sent. */
  async send(entry) {
    this.say(entry, this.words.wordsSending);
    this.busy(true);
    try {
      const url = `/api/v1/threads/${this.main.dataset.thread}/posts`;
      const attachments = (entry.files ?? []).map(({ key, alt }) => ({ key, alt }));
      const body = { body: entry.body, reply_to: entry.reply_to, attachments };
      const answer = await request("POST", url, body, { "Idempotency-Key": entry.key });
      return await this.settle(entry, answer);
    } finally {
      this.busy(false);
    }
  }

  async settle(entry, { status, json, retryAfter }) {
    const meaning = meaningOf(status, retryAfter);
    if (meaning === "later") return this.tryLater(entry, retryAfter);
    this.attempts = 0;
    if (meaning === "refused") return this.refuse(entry, json?.detail ?? "");
    await this.arrived(json, meaning === "held");
    this.forget(entry);
    return true;
  }

  tryLater(entry, retryAfter) {
    this.say(entry, this.words.wordsWaiting);
    const wait = retryAfter ? retryAfter * 1000 : pause(this.attempts++, Math.random);
    this.timer = setTimeout(() => this.start(), wait);
    return false;
  }

  refuse(entry, reason) {
    entry.refusal = reason || this.words.wordsFailed;
    this.keep();
    this.say(entry, `${this.words.wordsFailed} ${reason}`, true);
    return true;
  }

  forget(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.keep();
    this.standIn(entry)?.remove();
  }

  // --- the stand-in that its author sees meanwhile ---

  standIn(entry) {
    return this.list.querySelector(`[data-pending="${CSS.escape(entry.key)}"]`);
  }

  show(entry) {
    const article = this.template.content.firstElementChild.cloneNode(true);
    article.dataset.pending = entry.key;
    article.querySelector("[data-pending-body]").textContent = inWords(entry);
    article.querySelector("[data-pending-again]").addEventListener("click", () => this.again(entry));
    article.querySelector("[data-pending-back]").addEventListener("click", () => this.putBack(entry));
    this.list.append(article);
    this.list.querySelector(":scope > .empty")?.remove();
    if (entry.refusal) this.say(entry, `${this.words.wordsFailed} ${entry.refusal}`, true);
    else this.say(entry, this.words.wordsSending);
    return article;
  }

  say(entry, words, isRefused = false) {
    const article = this.standIn(entry);
    if (!article) return;
    const state = article.querySelector("[data-pending-state]");
    if (state.textContent !== words) state.textContent = words;
    article.querySelector("[data-pending-deeds]").hidden = !isRefused;
  }

  again(entry) {
    delete entry.refusal;
    entry.key = this.renamed(entry);
    this.keep();
    this.start();
  }

  /** A refused key may be tied to what was refused: another attempt is another deed. */
  renamed(entry) {
    const article = this.standIn(entry);
    const key = newKey();
    article.dataset.pending = key;
    return key;
  }

  putBack(entry) {
    const field = this.form?.elements.body;
    if (!field) return;
    field.value = field.value.trim() ? `${field.value}\n\n${entry.body}` : entry.body;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.form.dispatchEvent(new CustomEvent("composer:files", { detail: entry.files }));
    field.focus();
    this.forget(entry);
  }
}

/** The words, and below them what goes with them. */
function inWords({ body, files }) {
  return [body, ...(files ?? []).map(({ alt, name }) => `▣ ${alt || name}`)].join("\n");
}

function asksPoll(form) {
  return ["poll_question", "poll_options"].some((name) => form.elements[name]?.value.trim());
}

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
}
