/** How a number of unread notifications is written. */

/** What the badge shows: nothing for none, "99+" past two digits. */
export function badge(count) {
  if (!Number.isInteger(count) || count < 1) return "";
  return count < 100 ? String(count) : "99+";
}
