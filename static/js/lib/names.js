/** Finding a name as one types: accents, capitals and spaces do not matter. */

export function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Whether every word typed begins a part of the name, or stands somewhere in it. */
export function matches(name, typed) {
  const folded = fold(name);
  return fold(typed).split(" ").every((word) => folded.includes(word));
}
