/** Drafts as they are kept on a device: one per form and person, forgotten after 180 days. */

const KEPT_DAYS = 180;
const DAY_MS = 86_400_000;

export function draftName(person, key) {
  return `draft:${person || "guest"}:${key}`;
}

/** What is stored: the text, when it was written, and when it was sent (null until then). */
export function packDraft(text, writtenAt, sentAt = null) {
  return JSON.stringify({ text, writtenAt, sentAt });
}

/** The draft, or null for nothing, nonsense, blanks and what is too old. */
export function unpackDraft(stored, now) {
  const draft = parse(stored);
  if (typeof draft?.text !== "string" || !draft.text.trim()) return null;
  return now - draft.writtenAt > KEPT_DAYS * DAY_MS ? null : draft;
}

/** Whether a sent draft has arrived, told from the page that came back after sending it. */
export function hasArrived(draft, { hash, isThanked }) {
  return Boolean(draft.sentAt) && (/^#post-\w+/.test(hash) || isThanked);
}

function parse(stored) {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}
