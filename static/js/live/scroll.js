/** Changes a page without moving what somebody looks at. */

/** Runs `change`; whatever stood in the reader's sight stays where it was on the screen. */
export function keepingPlace(list, change) {
  const anchor = firstInSight(list);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (!anchor?.isConnected) return;
  const moved = anchor.getBoundingClientRect().top - before;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
}

function firstInSight(list) {
  const focused = document.activeElement;
  if (focused && list.contains(focused) && isInSight(focused)) return focused;
  // What sticks to the screen says nothing of where the reader is.
  return [...list.children].find((child) => isInSight(child) && getComputedStyle(child).position !== "sticky");
}

function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight && top >= -innerHeight;
}

/** Whether the reader is at the end of `list`, give or take a line or two. */
export function isAtEnd(list, tolerance = 120) {
  return list.getBoundingClientRect().bottom <= innerHeight + tolerance;
}

/** Brings `article` into sight, above the box that one writes in where that sticks to the screen. */
export function bringInSight(article) {
  article.scrollIntoView({ block: "nearest", behavior: "instant" });
  const box = document.querySelector("form#reply");
  if (!box) return;
  const { top, bottom } = article.getBoundingClientRect();
  const covered = bottom + 8 - box.getBoundingClientRect().top;
  // Of what is longer than the screen, its beginning is worth more than its end.
  if (covered > 0) scrollBy({ top: Math.min(covered, Math.max(0, top - 80)), behavior: "instant" });
}
