/** Parts of a page that are drawn again by themselves, without moving what is around them. */

import { Idiomorph } from "../../vendor/idiomorph.js";
import { mountAll } from "../main.js";
import { readText } from "./requests.js";

/** Draws `element` anew as `markup`, which is the server's own; what was opened in it stays open. */
export function draw(element, markup) {
  Idiomorph.morph(element, markup, {
    morphStyle: "innerHTML",
    callbacks: { beforeAttributeUpdated: (name) => name !== "open" },
  });
  mountAll(element);
}

/** Draws `element` anew from the fragment at `url`; leaves it as it is where none comes. */
export async function redraw(element, url) {
  const markup = await readText(url).catch(() => null);
  if (markup !== null) draw(element, markup);
}
