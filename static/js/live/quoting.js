/** Offers to quote what is selected in a comment, with its source. */

import { quoted } from "../lib/quotes.js";

export function offerQuotes(composer) {
  const button = composer.form.querySelector("[data-quote-button]");
  if (!button) return;
  let found = null;
  document.addEventListener("selectionchange", () => {
    found = selectedWords();
    button.hidden = !found;
  });
  // A click would take the selection away first.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    if (!found) return;
    const { text, id, name } = found;
    composer.insert(quoted(text, name, `/posts/${id}`));
    composer.replyTo({ id, name });
    getSelection().removeAllRanges();
  });
}

/** What is selected within the words of one comment, and whose it is. */
function selectedWords() {
  const selection = getSelection();
  const text = selection?.toString().trim();
  if (!text || selection.rangeCount === 0) return null;
  const around = selection.getRangeAt(0).commonAncestorContainer;
  const body = (around.nodeType === Node.ELEMENT_NODE ? around : around.parentElement)?.closest(".post-body");
  const article = body?.closest("article[data-post-id]");
  const reply = article?.querySelector("[data-reply-to]");
  return reply ? { text, id: Number(reply.dataset.replyTo), name: reply.dataset.replyName } : null;
}
