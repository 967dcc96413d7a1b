import assert from "node:assert/strict";
import { test } from "node:test";

import { placeFor, seqOf, whereTo } from "../../static/js/lib/order.js";

test("a comment goes before the first one with a higher number", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((seq) => placeFor([1, 2, 4], seq)), [0, 0, 1, 2, 2, 3]);
  assert.equal(placeFor([], 7), 0);
});

test("a page shows what lies in it, and at the thread's end what is new", () => {
  assert.equal(whereTo([1, 2, 3], 4, true), "insert");
  assert.equal(whereTo([51, 52], 53, true), "insert");
  assert.equal(whereTo([51, 53], 52, false), "insert");
  assert.equal(whereTo([], 1, true), "insert");
});

test("what lies before or beyond the page is left out", () => {
  assert.equal(whereTo([51, 52], 7, true), "before");
  assert.equal(whereTo([1, 50], 51, false), "beyond");
  assert.equal(whereTo([], 51, false), "beyond");
});

test("an article that is held has no place", () => {
  assert.deepEqual(["post-12", "post-held-7", "", undefined, "post-1x"].map(seqOf), [12, null, null, null, null]);
});
