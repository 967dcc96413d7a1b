/** Keeps a half-written comment on the device until it has arrived, grows with it, and counts near the limit. */

import { fill, roomLeft } from "../lib/characters.js";
import { draftName, hasArrived, packDraft, unpackDraft } from "../lib/drafts.js";
import { read, write } from "../lib/storage.js";

export function mount(form) {
  const composer = new Composer(form);
  composer.restore();
  form.addEventListener("input", () => composer.keep());
  form.addEventListener("keydown", (event) => composer.sendOnShortcut(event));
  form.addEventListener("submit", () => composer.markSent());
  form.addEventListener("composer:reply", (event) => composer.replyTo(event.detail));
  form.addEventListener("composer:sent", () => composer.clear());
  document.addEventListener("click", (event) => composer.replyOnClick(event));
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
    if (draft && !this.field.value) {
      this.field.value = draft.text;
      this.say(this.form.dataset.wordsKept);
    }
    this.grow();
  }

  keep() {
    write(this.name, this.field.value.trim() ? packDraft(this.field.value, Date.now()) : null);
    this.grow();
    this.count();
  }

  markSent() {
    write(this.name, packDraft(this.field.value, Date.now(), Date.now()));
  }

  clear() {
    write(this.name, null);
    this.field.value = "";
    this.say("");
    this.grow();
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
    this.field.focus({ preventScroll: true });
  }
}

function arrival() {
  return { hash: location.hash, isThanked: Boolean(document.querySelector('.notice[data-kind="good"]')) };
}
