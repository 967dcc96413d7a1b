/** A reader's own part of a poll: their form, or the counts that are open to them. Asked for when the poll changes. */

import { isFilledIn } from "../lib/forms.js";
import { readText } from "../live/requests.js";
import { mountAll } from "../main.js";
import { Idiomorph } from "../../vendor/idiomorph.js";

// A hall that votes within a minute is one question a few seconds later, and not everybody's at the same moment.
const LEAST_MS = 500;
const SPREAD_MS = 2500;

export function mount(part) {
  const isSignedIn = Boolean(document.querySelector("main[data-me]"));
  if (!isSignedIn) return;
  let timer = null;
  const ask = () => {
    timer ??= setTimeout(() => {
      timer = null;
      refresh(part).catch(() => {});
    }, LEAST_MS + Math.random() * SPREAD_MS);
  };
  part.addEventListener("poll:changed", ask);
  // What came over the socket is the same for everybody, and knows no voter.
  if (!part.hasAttribute("data-own")) refresh(part).catch(() => {});
}

async function refresh(part) {
  const isClosed = part.closest(".poll")?.hasAttribute("data-closed");
  if (!isClosed && (isFilledIn(part) || part.contains(document.activeElement))) return;
  const markup = await readText(part.dataset.url);
  if (!part.isConnected) return;
  Idiomorph.morph(part, markup, {
    morphStyle: "innerHTML",
    callbacks: { beforeAttributeUpdated: (name) => name !== "open" },
  });
  part.dataset.own = "";
  await mountAll(part);
}
