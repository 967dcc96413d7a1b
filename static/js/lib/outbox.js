/** Comments that are on their way: kept on the device until the server has acknowledged each. */

const PATIENCE_SECONDS = 60;
const KEPT_MS = 24 * 3600 * 1000; // as long as the server remembers a key

export function outboxName(person, key) {
  return `outbox:${person || "guest"}:${key}`;
}

export function packOutbox(entries) {
  return entries.length ? JSON.stringify(entries) : null;
}

/** The entries, or none for nothing, nonsense and what is too old to be sent just once. */
export function unpackOutbox(stored, now) {
  let entries;
  try {
    entries = JSON.parse(stored);
  } catch {
    return [];
  }
  if (!Array.isArray(entries)) return [];
  return entries.filter(
    (entry) => typeof entry?.key === "string" && typeof entry.body === "string" && now - entry.at < KEPT_MS,
  );
}

/**
 * What an answer means for the entry it answers: `"published"`, `"held"`, `"later"` (try again by itself) or
 * `"refused"` (its author decides). `status` is 0 where there was no answer; `retryAfter` are the seconds that
 * the server asks to wait: whoever must wait for minutes is told so, and what they wrote is theirs to send.
 */
export function meaningOf(status, retryAfter = 0) {
  if (status === 429 && retryAfter > PATIENCE_SECONDS) return "refused";
  if (status === 202) return "held";
  if (status >= 200 && status < 300) return "published";
  if (status === 0 || status === 429 || status >= 500) return "later";
  return "refused";
}
