/** A room with a mediator that keeps up: what the others say, and how it stands. */

import { mountAll } from "../main.js";
import { Channel } from "../live/channel.js";
import { redraw } from "../live/parts.js";
import { announce } from "./announce.js";

export function mount(main) {
  const { channel, stream, revision, state, stateUrl, end, wordsNew, wordsChanged } = main.dataset;
  const list = main.querySelector("[data-messages]");
  if (!channel) return;

  const show = (item) => {
    const there = list?.querySelector(`[data-message-id="${item.id}"]`);
    if (item.state === "gone") return there?.remove();
    if (there) there.outerHTML = item.fragment;
    else if (list && end === "true") add(item);
    if (list) mountAll(list);
  };
  const add = (item) => {
    list.querySelector("[data-none-yet]")?.remove();
    list.insertAdjacentHTML("beforeend", item.fragment);
    announce(wordsNew);
  };
  const changed = async (item) => {
    // What can be done in the room is another thing now: the page is drawn anew, the draft is kept.
    if (item.state !== state) return location.reload();
    await redraw(main.querySelector("[data-room-state]"), stateUrl);
    announce(wordsChanged);
  };
  new Channel(channel, stream, Number(revision), {
    apply: (items) => items.forEach((item) => (item.type === "mediation" ? changed(item) : show(item))),
    reset: () => location.reload(),
    viewers: () => {},
    gone: () => location.reload(),
  });
}
