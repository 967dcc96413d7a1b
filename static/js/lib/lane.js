/** What a moderator's strip in a live thread counts, without a page. */

/** Whole seconds until a moment, never below nothing. */
export function secondsLeft(until, now) {
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}
