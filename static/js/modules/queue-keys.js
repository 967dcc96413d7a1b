/** The queue with one hand on the keyboard. Who has turned single keys off in the settings does not get this. */

import { isForThePage, stepTo } from "../lib/keys.js";

export function mount(main) {
  main.dataset.keysOn = "";
  for (const help of main.querySelectorAll("[data-keys]")) help.hidden = false;
  const items = () => [...main.querySelectorAll("[data-item]:not([data-settled])")];
  const here = () => document.activeElement?.closest?.("[data-item]") ?? null;

  const go = (step) => {
    const item = stepTo(items(), here(), step);
    item?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: "nearest" });
  };
  const choose = () => here()?.querySelector("input[name=items]")?.click();
  const press = (key) => {
    const place = here()?.querySelector(`[data-key="${key}"]`);
    if (place?.matches("form")) place.requestSubmit();
    else place?.click();
  };
  const help = () => {
    const keys = main.querySelector("[data-keys]");
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  };
  const deeds = { j: () => go(1), k: () => go(-1), x: choose, "?": help };
  for (const key of ["c", "a", "h", "l", "o"]) deeds[key] = () => press(key);

  document.addEventListener("keydown", (event) => {
    if (!isForThePage(event) || !Object.hasOwn(deeds, event.key)) return;
    event.preventDefault();
    deeds[event.key]();
  });
}
