/** The door: narrows the list to what is typed, at once; without it the button searches. */

import { matches } from "../lib/names.js";

export function mount(section) {
  const input = section.querySelector("input[type=search]");
  const rows = [...section.querySelectorAll("[data-name]")];
  const none = section.querySelector("[data-door-none]");
  if (!input || input.value) return; // the server has searched already
  input.addEventListener("input", () => {
    for (const row of rows) row.hidden = !matches(row.dataset.name, input.value);
    if (none) none.hidden = !rows.length || rows.some((row) => !row.hidden);
  });
}
