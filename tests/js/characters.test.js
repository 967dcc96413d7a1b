import assert from "node:assert/strict";
import { test } from "node:test";

import { countCharacters, fill, roomLeft } from "../../static/js/lib/characters.js";

test("an emoji is one character, as on the server", () => {
  assert.equal(countCharacters("sí 🏠"), 4);
});

test("the count is quiet until the limit is near", () => {
  assert.deepEqual(roomLeft("a".repeat(449), 500), { left: 51, state: "fine" });
  assert.deepEqual(roomLeft("a".repeat(450), 500), { left: 50, state: "near" });
  assert.deepEqual(roomLeft("a".repeat(500), 500), { left: 0, state: "near" });
  assert.deepEqual(roomLeft("a".repeat(501), 500), { left: -1, state: "over" });
});

test("a long text hears of its limit 200 characters before", () => {
  assert.equal(roomLeft("a".repeat(31_799), 32_000).state, "fine");
  assert.equal(roomLeft("a".repeat(31_800), 32_000).state, "near");
});

test("a translated sentence keeps what it is not given", () => {
  assert.equal(fill("{number} left of {total}", { number: 3 }), "3 left of {total}");
});
