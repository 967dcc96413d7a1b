/** Keeps the numbers of what is new to a person right in a list of threads, as they read in another page. */

import { fill } from "../lib/characters.js";
import { Channel } from "../live/channel.js";
import { readText, request } from "../live/requests.js";

export function mount(list) {
  const { readings, readingsStream, readingsRevision } = list.dataset;
  new Channel(readings, readingsStream, Number(readingsRevision), {
    apply: (items) => items.forEach((item) => show(list, item)),
    reset: () => readAgain(list),
    viewers: () => {},
    gone: () => {},
  });
}

/** What was read elsewhere is told; how much is new is asked for, as it changes with every comment. */
async function show(list, { thread_id: id }) {
  const chip = list.querySelector(`[data-new-to-you="${Number(id)}"]`);
  if (!chip) return;
  const { status, json } = await request("GET", `/api/v1/threads/${Number(id)}/reading`);
  if (status !== 200) return;
  chip.hidden = !json.unread;
  chip.textContent = fill(json.unread === 1 ? chip.dataset.one : chip.dataset.many, { number: json.unread });
}

async function readAgain(list) {
  const page = new DOMParser().parseFromString(await readText(location.href), "text/html");
  const fresh = page.querySelector("[data-module~=readings]");
  if (!fresh) throw new Error("The list is not there any more.");
  for (const chip of fresh.querySelectorAll("[data-new-to-you]")) {
    const old = list.querySelector(`[data-new-to-you="${Number(chip.dataset.newToYou)}"]`);
    if (old) Object.assign(old, { hidden: chip.hidden, textContent: chip.textContent });
  }
  return { stream: fresh.dataset.readingsStream, revision: Number(fresh.dataset.readingsRevision) };
}
