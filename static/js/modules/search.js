/** Offers what is found while somebody types: a combobox above a list that the server renders. */

import { nextChoice } from "../lib/choices.js";

const PAUSE_MS = 200;
const FEWEST_LETTERS = 2;

export function mount(form) {
  new SearchBox(form);
}

class SearchBox {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.panel = Object.assign(document.createElement("div"), { className: "search-panel", hidden: true, id: `${this.input.id}-list` });
    this.input.after(this.panel);
    this.chosen = -1;
    const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.panel.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // The box keeps the focus while an option is pressed, so that the list is still there.
    this.panel.addEventListener("pointerdown", (event) => event.preventDefault());
    this.panel.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
    form.addEventListener("submit", () => this.close());
  }

  get options() {
    return [...this.panel.querySelectorAll("[role=option]")];
  }

  ask() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (this.input.value.trim().length < FEWEST_LETTERS) return this.close();
    this.timer = setTimeout(() => this.fetch(), PAUSE_MS);
  }

  async fetch() {
    const { signal } = (this.request = new AbortController());
    const asked = new URLSearchParams(new FormData(this.form));
    try {
      const answer = await fetch(`${this.form.dataset.suggestions}?${asked}`, { signal, headers: { Accept: "text/html" } });
      // Too many at once, or a server that is away: the button searches all the same.
      if (!answer.ok) return this.close();
      const html = await answer.text();
      if (!signal.aborted && document.activeElement === this.input) this.open(html);
    } catch {
      if (!signal.aborted) this.close();
    }
  }

  open(html) {
    this.panel.innerHTML = html;
    this.panel.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.choose(-1);
    const announcer = document.querySelector("[data-announce]");
    if (announcer) announcer.textContent = this.panel.querySelector("[data-said]")?.dataset.said ?? "";
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.panel.hidden = true;
    this.panel.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  press(event) {
    if (event.isComposing || this.panel.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.choose(nextChoice(event.key, this.chosen, this.options.length));
    } else if (event.key === "Enter" && this.chosen >= 0) {
      event.preventDefault();
      this.follow(this.options[this.chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault(); // the browser would empty the box
      this.close();
    }
  }

  choose(place) {
    this.chosen = place;
    this.options.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const option = this.options[place];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  follow(option) {
    if (!option) return;
    if (option.dataset.url) location.assign(option.dataset.url);
    else this.form.requestSubmit();
  }
}
