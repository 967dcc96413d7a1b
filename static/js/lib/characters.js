/** Characters as the server counts them: code points, not UTF-16 units. */

export function countCharacters(text) {
  return [...text].length;
}

/** How near the limit a text is: {left, state}, state one of `fine`, `near` (a tenth or 200 left), `over`. */
export function roomLeft(text, maximum) {
  const left = maximum - countCharacters(text);
  if (left < 0) return { left, state: "over" };
  return { left, state: left <= Math.min(200, maximum / 10) ? "near" : "fine" };
}

/** Fills `{name}` places of a sentence that the server translated. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
