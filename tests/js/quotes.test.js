import assert from "node:assert/strict";
import test from "node:test";

import { mentionAt, quoted } from "../../static/js/lib/quotes.js";

test("a quote names its source and leads to it", () => {
  assert.equal(quoted("One.\n\nTwo.", "Ana [R]", "/posts/7"), "> One.\n>\n> Two.\n>\n> — [Ana \\[R\\]](/posts/7)\n\n");
});
test("a mention is what is being written right before the caret", () => {
  assert.deepEqual(mentionAt("Ask @an", 7), { from: 5, beginning: "an" });
  assert.deepEqual(mentionAt("@", 1), { from: 1, beginning: "" });
  assert.equal(mentionAt("Ask @an now", 11), null);
});
test("an address is no mention", () => assert.equal(mentionAt("ana@example", 11), null));
