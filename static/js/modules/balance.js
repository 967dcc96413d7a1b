/** Who is heard in a thread: drawn again when the thread has changed, for who has it open, and never in a rush. */

import { redraw } from "../live/parts.js";

const REST_MS = 15_000;

export function mount(section) {
  const place = section.querySelector("[data-balance]");
  const main = section.closest("main");
  let isStale = false;
  let timer = null;

  const isOpen = () => place.querySelector("[data-balance-details]")?.open;
  const look = async () => {
    timer = null;
    if (!isOpen() || document.hidden) return;
    isStale = false;
    await redraw(place, section.dataset.url);
  };
  const plan = (wait) => {
    timer ??= setTimeout(look, wait);
  };

  main?.addEventListener("thread:changed", () => {
    isStale = true;
    // A whole hall watches: not all of them ask at the same moment.
    if (isOpen()) plan(REST_MS / 3 + (Math.random() * REST_MS * 2) / 3);
  });
  place.addEventListener("toggle", () => isStale && plan(0), true);
  document.addEventListener("visibilitychange", () => isStale && plan(0));
}
