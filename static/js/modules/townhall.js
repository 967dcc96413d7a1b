/** A meeting's page that keeps up: seats and whether it takes place, as everybody sees them. */

import { mountAll } from "../main.js";
import { Channel } from "../live/channel.js";
import { announce } from "./announce.js";

export function mount(main) {
  const { channel, stream, revision, wordsChanged } = main.dataset;
  const status = main.querySelector("[data-townhall-status]");
  if (!status) return;
  const show = (item) => {
    if (item.type !== "townhall" || !item.fragment || item.fragment === status.dataset.shown) return;
    status.dataset.shown = item.fragment;
    status.innerHTML = item.fragment;
    mountAll(status);
    announce(wordsChanged);
  };
  new Channel(channel, stream, Number(revision), {
    apply: (items) => items.forEach(show),
    reset: () => location.reload(),
    viewers: () => {},
    gone: () => location.reload(),
  });
}
