/** The keys of a moderator in a live thread, without a page. */

/** The index to go to from `current` (-1: none yet) by `j` (on) or `k` (back); it stops at both ends. */
export function step(key, current, count) {
  if (!count) return -1;
  if (key === "j") return Math.min(current + 1, count - 1);
  return current < 0 ? count - 1 : Math.max(current - 1, 0);
}

/** Whole seconds until a moment, never below nothing. */
export function secondsLeft(until, now) {
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}
