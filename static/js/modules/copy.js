/** A link that is copied rather than followed; where copying is refused, it is followed. */

import { announce } from "./announce.js";

export function mount(link) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || !navigator.clipboard) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      announce(link.dataset.done);
      link.closest("details")?.removeAttribute("open");
    } catch {
      location.assign(link.href);
    }
  });
}
