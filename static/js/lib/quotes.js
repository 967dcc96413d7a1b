/** Quotes, written as the server writes them: the words, whose they are, and where they stand. */

/** Markdown that quotes `text` of `name`, leading to `url`. */
export function quoted(text, name, url) {
  const lines = text.split("\n").map((line) => `> ${line}`.trimEnd());
  return `${lines.join("\n")}\n>\n> — [${name.replace(/[[\]\\]/g, "\\$&")}](${url})\n\n`;
}

/** The beginning of a mention right before the caret: `{from, beginning}`, or null. */
export function mentionAt(text, caret) {
  const found = /(?:^|[^\w/@])@([a-z0-9_-]{0,30})$/i.exec(text.slice(0, caret));
  return found ? { from: caret - found[1].length, beginning: found[1] } : null;
}
