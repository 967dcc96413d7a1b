/** Keeps the numbers beside "Inbox" right while the page is open. */

import { connection } from "../lib/connection.js";
import { badge } from "../lib/unread.js";

export function mount(header) {
  connection().on("inbox", ({ unread }) => show(badge(unread), header.dataset.unreadWords ?? ""));
}

function show(number, words) {
  for (const place of document.querySelectorAll("[data-unread]")) {
    place.replaceChildren(...(number ? [" ", mark(number, words)] : []));
  }
}

function mark(number, words) {
  const count = span("count");
  const seen = span("", number);
  seen.setAttribute("aria-hidden", "true");
  count.append(seen, span("visually-hidden", ` ${number} ${words}`));
  return count;
}

function span(className, text = "") {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}
