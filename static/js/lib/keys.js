/** Whether a single key belongs to a page: not while somebody writes, and not with another key held. */

export function isForThePage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  return !event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
}

/** Where one is among `items` after a step; at the ends one stays. */
export function stepTo(items, here, step) {
  const place = items.indexOf(here);
  if (place === -1) return items[step > 0 ? 0 : items.length - 1] ?? null;
  return items[Math.min(items.length - 1, Math.max(0, place + step))];
}
