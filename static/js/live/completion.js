/** Completes `@` in a text field: a list under it, by arrow keys and Enter, or by touch. */

import { mentionAt } from "../lib/quotes.js";
import { request } from "./requests.js";

const WAIT_MS = 200;
let lists = 0;

export class Completion {
  constructor(field, url, label) {
    this.field = field;
    this.url = url;
    this.items = [];
    this.list = document.createElement("ul");
    this.list.id = `people-${++lists}`;
    this.list.className = "completion";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    field.after(this.list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.look());
    field.addEventListener("keydown", (event) => this.press(event), true);
    field.addEventListener("blur", () => this.close());
    // The field keeps the focus, and the caret its place.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  look() {
    clearTimeout(this.timer);
    const found = mentionAt(this.field.value, this.field.selectionStart);
    if (!found) return this.close();
    this.timer = setTimeout(() => this.ask(found), WAIT_MS);
  }

  async ask({ beginning }) {
    const { status, json } = await request("GET", `${this.url}?q=${encodeURIComponent(beginning)}`);
    const now = mentionAt(this.field.value, this.field.selectionStart);
    if (status !== 200 || now?.beginning !== beginning || document.activeElement !== this.field) return;
    this.show(json.items);
  }

  show(items) {
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.list.hidden = !items.length;
    this.choose(0);
  }

  option({ handle, name }, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.dataset.handle = handle;
    option.setAttribute("role", "option");
    const who = document.createElement("strong");
    who.textContent = name;
    option.append(who, ` @${handle}`);
    return option;
  }

  choose(index) {
    const options = [...this.list.children];
    this.chosen = options.at(index % options.length) ?? null;
    for (const option of options) option.setAttribute("aria-selected", String(option === this.chosen));
    if (this.chosen && !this.list.hidden) this.field.setAttribute("aria-activedescendant", this.chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
    this.chosen?.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const index = [...this.list.children].indexOf(this.chosen);
    const deeds = {
      ArrowDown: () => this.choose(index + 1),
      ArrowUp: () => this.choose(index - 1),
      Enter: () => this.take(this.chosen),
      Tab: () => this.take(this.chosen),
      Escape: () => this.close(),
    };
    if (!deeds[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    deeds[event.key]();
  }

  take(option) {
    const found = mentionAt(this.field.value, this.field.selectionStart);
    if (option && found) {
      this.field.setRangeText(`${option.dataset.handle} `, found.from, this.field.selectionStart, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}
