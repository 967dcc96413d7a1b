/** Keeps a half-written comment on the device until it has arrived, grows with it, and counts near the limit. */

import { fill, roomLeft } from "../lib/characters.js";
import { draftName, hasArrived, packDraft, unpackDraft } from "../lib/drafts.js";
import { read, write } from "../lib/storage.js";
import { request } from "../live/requests.js";
import { Completion } from "../live/completion.js";
import { offerQuotes } from "../live/quoting.js";

const SAVE_AFTER_MS = 2500;

export function mount(form) {
  const composer = new Composer(form);
  composer.restore();
  // With scripts drafts are kept by themselves.
  if (form.dataset.draftUrl) form.querySelector("[data-keep-button]").hidden = true;
  form.addEventListener("input", () => composer.keep());
  form.addEventListener("keydown", (event) => composer.sendOnShortcut(event));
  form.addEventListener("submit", (event) => (event.submitter?.value === "there" ? composer.letGo() : composer.markSent()));
  form.addEventListener("composer:reply", (event) => composer.replyTo(event.detail));
  form.addEventListener("composer:sent", () => composer.clear());
  form.addEventListener("click", (event) => composer.useTools(event));
  document.addEventListener("click", (event) => composer.replyOnClick(event));
  addEventListener("visibilitychange", () => { if (document.hidden) composer.saveNow(); });
  if (form.dataset.peopleUrl) new Completion(composer.field, form.dataset.peopleUrl, form.dataset.wordsPeople);
  offerQuotes(composer);
}

class Composer {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("textarea");
    this.state = form.querySelector("[data-composer-state]");
    this.name = draftName(form.dataset.person, form.dataset.key);
    this.maximum = Number(form.dataset.maximum) || 32_000;
  }

  restore() {
    const draft = unpackDraft(read(this.name), Date.now());
    if (draft && hasArrived(draft, arrival())) return this.clear();
    const keptAt = Date.parse(this.form.dataset.keptAt ?? "") || 0;
    if (draft && (!this.field.value || draft.writtenAt > keptAt)) {
      this.field.value = draft.text;
      this.say(this.form.dataset.wordsKept);
    }
    this.grow();
  }

  keep() {
    write(this.name, this.field.value.trim() ? packDraft(this.field.value, Date.now()) : null);
    this.grow();
    this.count();
    this.saveSoon();
  }

  /** On the server too, so that it waits on every device. */
  saveSoon() {
    if (!this.form.dataset.draftUrl) return;
    clearTimeout(this.saving);
    this.isUnsaved = true;
    this.saving = setTimeout(() => this.saveNow(), SAVE_AFTER_MS);
  }

  async saveNow() {
    clearTimeout(this.saving);
    if (!this.isUnsaved) return;
    this.isUnsaved = false;
    this.leaving = new AbortController();
    const body = { body: this.field.value, reply_to: Number(this.form.elements.reply_to?.value) || null };
    const options = { keepalive: body.body.length < 10_000, signal: this.leaving.signal };
    const { status } = await request("PUT", this.form.dataset.draftUrl, body, {}, options);
    if (status === 204 && this.field.value.trim()) this.say(this.form.dataset.wordsSaved);
  }

  /** What was sent is no draft any more: the server forgets it with the sending. */
  stopSaving() {
    clearTimeout(this.saving);
    this.isUnsaved = false;
    this.leaving?.abort();
    const url = this.form.dataset.draftUrl;
    if (url) request("DELETE", url, undefined, {}, { keepalive: true });
  }

  markSent() {
    write(this.name, packDraft(this.field.value, Date.now(), Date.now()));
  }

  /** The words go along to another thread, and nothing of them is kept for this one. */
  letGo() {
    clearTimeout(this.saving);
    this.isUnsaved = false;
    write(this.name, null);
  }

  clear() {
    this.stopSaving();
    write(this.name, null);
    this.showPreview("");
    this.forgetGone();
    this.field.value = "";
    this.say("");
    this.grow();
  }

  /** That what one would answer has gone is said of these words alone. */
  forgetGone() {
    for (const sentence of this.form.querySelectorAll("[data-gone]")) sentence.remove();
  }

  count() {
    const { left, state } = roomLeft(this.field.value, this.maximum);
    const words = { near: this.form.dataset.wordsLeft, over: this.form.dataset.wordsOver, fine: "" }[state];
    this.say(fill(words, { number: Math.abs(left) }), state);
  }

  say(words, state = "fine") {
    if (!this.state || this.state.textContent === words) return;
    this.state.textContent = words;
    this.state.dataset.state = state;
  }

  /** For browsers that do not know `field-sizing`. */
  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.blockSize = "auto";
    if (this.field.value) this.field.style.blockSize = `${this.field.scrollHeight}px`;
  }

  async useTools(event) {
    if (!event.target.closest("[data-preview-button]")) return;
    event.preventDefault();
    const data = new FormData();
    data.set("body", this.field.value);
    data.set("csrf_token", this.form.elements.csrf_token.value);
    try {
      const answer = await fetch("/preview", { method: "POST", body: data, credentials: "same-origin" });
      this.showPreview(answer.ok ? await answer.text() : "");
    } catch {
      this.showPreview("");
    }
  }

  /** `markup` is drawn by the server, as every comment is. */
  showPreview(markup) {
    const place = this.form.querySelector("[data-preview]");
    if (place) place.innerHTML = markup;
  }

  /** Puts text where the caret is, or at the end. */
  insert(text) {
    const { value, selectionStart } = this.field;
    const before = value.slice(0, selectionStart);
    const gap = before && !before.endsWith("\n") ? "\n\n" : "";
    this.field.setRangeText(gap + text, selectionStart, this.field.selectionEnd, "end");
    this.field.focus({ preventScroll: true });
    this.keep();
  }

  sendOnShortcut(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    if (this.field.value.trim()) this.form.requestSubmit();
  }

  replyOnClick(event) {
    const link = event.target.closest?.("[data-reply-to]");
    if (!link || event.ctrlKey || event.metaKey || !this.form.elements.reply_to) return;
    event.preventDefault();
    this.replyTo({ id: link.dataset.replyTo, name: link.dataset.replyName });
  }

  replyTo({ id, name }) {
    if (this.form.elements.reply_to) this.form.elements.reply_to.value = id;
    const context = this.form.querySelector("[data-reply-context]");
    context.querySelector("[data-reply-words]").textContent = fill(this.form.dataset.wordsReply, { name });
    context.hidden = !id;
    this.forgetGone();
    this.field.focus({ preventScroll: true });
  }
}

function arrival() {
  return { hash: location.hash, isThanked: Boolean(document.querySelector('.notice[data-kind="good"]')) };
}
