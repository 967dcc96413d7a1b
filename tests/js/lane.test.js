import assert from "node:assert/strict";
import test from "node:test";

import { stepTo } from "../../static/js/lib/keys.js";
import { secondsLeft } from "../../static/js/lib/lane.js";

test("j and k go from comment to comment and stop at the ends", () => {
  const items = [0, 1, 2];
  const step = (key, from, among) => stepTo(among, from, key === "j" ? 1 : -1);
  assert.deepEqual(["j", "k"].map((key) => step(key, undefined, items)), [0, 2]);
  assert.deepEqual([step("j", 2, items), step("k", 0, items), step("j", 0, items), step("k", 2, items)], [2, 0, 1, 1]);
  assert.equal(step("j", undefined, []), null);
});

test("seconds run down to nothing and not below", () => {
  const until = "2026-11-26T19:03:20.500+00:00";
  const at = Date.parse(until);
  assert.deepEqual([30_000, 1, -5000].map((ms) => secondsLeft(until, at - ms)), [30, 1, 0]);
});
