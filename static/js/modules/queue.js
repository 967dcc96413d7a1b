/**
 * The queue that keeps up: who looks at what and what others decided shows in its place; what is new waits behind a
 * button, so that nothing moves under a thumb. The channel says only that something changed: this page asks what.
 */

import { fill } from "../lib/characters.js";
import { Soon } from "../lib/soon.js";
import { Channel } from "../live/channel.js";
import { draw } from "../live/parts.js";
import { readText } from "../live/requests.js";
import { keepingPlace } from "../live/scroll.js";
import { announce } from "./announce.js";

// A wave of flags touches the queue many times a second; one look at it serves them all.
const READ_WITHIN_MS = 1500;

export function mount(main) {
  countChosen(main);
  const { channel, stream, revision } = main.dataset;
  const soon = new Soon(() => readNews(main), READ_WITHIN_MS);
  new Channel(channel, stream, Number(revision), {
    apply: () => soon.ask(),
    reset: () => location.reload(),
    viewers: () => {},
    gone: () => location.reload(),
  });
}

async function readNews(main) {
  const shown = [...main.querySelectorAll("[data-item]")].map((item) => item.dataset.item);
  const url = new URL(main.dataset.news, location.href);
  url.searchParams.set("shown", shown.join(","));
  url.searchParams.set("since", main.dataset.since);
  const list = main.querySelector("[data-queue-items]");
  const news = new DOMParser().parseFromString(await readText(url.href), "text/html");
  const parts = [...news.querySelectorAll("[data-news-of]")];
  if (list) keepingPlace(list, () => parts.forEach((part) => show(main, part)));
  showNew(main, news.querySelector("[data-new]"));
  main.dispatchEvent(new CustomEvent("queue:changed"));
}

function show(main, part) {
  const item = main.querySelector(`[data-item="${part.dataset.newsOf}"]`);
  const state = item?.querySelector("[data-item-state]");
  if (!state) return;
  state.style.minBlockSize = `${state.offsetHeight}px`; // a button that goes leaves its room: nothing below moves
  draw(state, part.innerHTML);
  if ("settled" in part.dataset) settle(item);
}

/** What somebody decided stays where it is, and offers nothing any more. */
function settle(item) {
  if ("settled" in item.dataset) return;
  item.dataset.settled = "";
  const box = item.querySelector("input[name=items]");
  box.checked = false;
  box.disabled = true;
  for (const part of item.querySelectorAll("[data-item-deeds], details")) part.inert = true;
}

function showNew(main, words) {
  const place = main.querySelector("[data-queue-news]");
  if (!words || place.dataset.count === words.dataset.new) return;
  place.dataset.count = words.dataset.new;
  place.replaceChildren(words);
  announce(words.textContent);
}

/** How many are chosen, always in reach: the decision itself stands below the list. */
function countChosen(main) {
  const link = Object.assign(document.createElement("a"), { href: "#together", className: "queue-chosen button", hidden: true });
  link.dataset.kind = "primary";
  main.append(link);
  const tell = () => {
    const count = main.querySelectorAll("input[name=items]:checked").length;
    link.hidden = count === 0;
    link.textContent = fill(main.dataset.wordsChosen, { number: count });
  };
  main.addEventListener("change", tell);
  main.addEventListener("queue:changed", tell);
  tell();
}
