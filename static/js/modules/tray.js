/** Files beside the words: sent up as soon as they are chosen, described, taken out, kept over a reload. */

import { fill } from "../lib/characters.js";
import { read, write } from "../lib/storage.js";
import { isTooLarge, packTray, trayName, unpackTray } from "../lib/trays.js";
import { sendFile } from "../live/uploads.js";

export function mount(details) {
  const form = details.closest("form");
  const tray = new Tray(details, form);
  tray.restore();
  tray.input.addEventListener("change", () => tray.sendChosen());
  details.addEventListener("input", (event) => tray.described(event));
  details.addEventListener("change", (event) => tray.takeOut(event));
  // Before anybody else hears of it: words do not leave without what goes with them.
  form.addEventListener("submit", (event) => tray.check(event), { capture: true });
  form.addEventListener("composer:sent", () => tray.clear());
  form.addEventListener("composer:again", () => tray.restore());
  form.addEventListener("composer:files", (event) => tray.putBack(event.detail));
}

/** What would go with the words of this form now. */
export function filesOf(form) {
  return [...form.querySelectorAll("[data-file]")].map(fileOf);
}

function fileOf(row) {
  const { file: key, kind, name, at } = row.dataset;
  const alt = row.querySelector("input[name^='alt-']")?.value.trim() ?? "";
  return { key, kind, name, alt, at: Number(at), thumbnail_url: row.querySelector("img")?.getAttribute("src") ?? "" };
}

class Tray {
  constructor(details, form) {
    this.details = details;
    this.form = form;
    this.words = details.dataset;
    this.rows = details.querySelector("[data-tray-rows]");
    this.input = details.querySelector("input[type='file']");
    this.state = details.querySelector("[data-tray-state]");
    this.name = trayName(form.dataset.person, form.dataset.key ?? location.pathname);
    this.isSending = false;
  }

  restore() {
    this.details.dataset.live = "";
    if (this.rows.childElementCount) return this.keep();
    this.putBack(unpackTray(read(this.name), Date.now()));
  }

  keep() {
    write(this.name, packTray(filesOf(this.form)));
  }

  putBack(files) {
    for (const file of files ?? []) this.show(file);
    if (files?.length) this.details.open = true;
    this.keep();
  }

  clear() {
    this.rows.replaceChildren();
    this.details.open = false;
    this.say("");
    this.keep();
  }

  // --- sending up ---

  async sendChosen() {
    const [file] = this.input.files;
    if (!file) return;
    this.input.value = "";
    if (!navigator.onLine) return this.say(this.words.wordsOffline, true);
    if (isTooLarge(file)) return this.say(this.words.wordsLarge, true);
    this.settle(true);
    const sending = sendFile(file, (part) => this.tellProgress(file, part));
    this.offerToStop(sending.stop);
    const { status, json } = await sending.done;
    this.settle(false);
    if (status === 201) this.added(json);
    else this.say(this.refusal(status, json), status !== "stopped");
  }

  settle(isSending) {
    this.isSending = isSending;
    this.input.disabled = isSending;
    this.details.querySelector("[data-tray-stop]")?.remove();
  }

  tellProgress(file, part) {
    const words = part < 1 ? this.words.wordsRising : this.words.wordsReading;
    const percent = String(Math.floor(part * 10) * 10); // in tens, so that it is not read out without end
    this.say(fill(words, { name: file.name, percent }));
  }

  offerToStop(stop) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.textContent = this.words.wordsStop;
    button.dataset.trayStop = "";
    button.addEventListener("click", stop);
    this.state.after(button);
  }

  refusal(status, json) {
    if (status === "stopped") return "";
    if (status === 0) return this.words.wordsOffline;
    return `${this.words.wordsFailed} ${json?.detail ?? ""}`;
  }

  added(told) {
    const row = this.show({ ...told, at: Date.now() });
    this.keep();
    this.say(told.kind === "picture" ? this.words.wordsAdded : this.words.wordsAddedPaper);
    (row.querySelector("input[name^='alt-']") ?? this.input).focus();
  }

  // --- rows ---

  show({ key, kind, name, alt, at, thumbnail_url: picture }) {
    const template = this.details.querySelector(`template[data-tray-${kind}]`);
    const held = document.createElement("template");
    held.innerHTML = template.innerHTML.replaceAll("KEY", key);
    const row = held.content.firstElementChild;
    Object.assign(row.dataset, { kind, name, at });
    row.querySelector("img")?.setAttribute("src", picture);
    const field = row.querySelector("input[name^='alt-']");
    if (field) field.value = alt;
    else row.querySelector("bdi").textContent = name;
    this.rows.append(row);
    return row;
  }

  described(event) {
    if (!event.target.name?.startsWith("alt-")) return;
    this.showMissing(event.target.closest("[data-file]"), false);
    this.keep();
  }

  takeOut(event) {
    if (!event.target.name?.startsWith("drop-")) return;
    event.target.closest("[data-file]").remove();
    this.keep();
    this.say(this.words.wordsOut);
    this.input.focus();
  }

  check(event) {
    const lacking = [...this.rows.querySelectorAll("input[name^='alt-']")].filter((field) => !field.value.trim());
    if (!this.isSending && !lacking.length) return write(this.name, null);
    event.preventDefault();
    event.stopImmediatePropagation();
    this.details.open = true;
    for (const field of lacking) this.showMissing(field.closest("[data-file]"), true);
    lacking[0]?.focus();
  }

  showMissing(row, isMissing) {
    const field = row.querySelector("input[name^='alt-']");
    row.toggleAttribute("data-state", isMissing);
    if (isMissing) row.dataset.state = "wrong";
    field.setAttribute("aria-invalid", String(isMissing));
    if (isMissing) this.say(this.words.wordsMissing, true);
  }

  say(words, isWrong = false) {
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.classList.toggle("field-error", isWrong);
  }
}
