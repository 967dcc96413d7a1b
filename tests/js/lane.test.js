import assert from "node:assert/strict";
import test from "node:test";

import { secondsLeft, step } from "../../static/js/lib/lane.js";

test("j and k go from comment to comment and stop at the ends", () => {
  assert.deepEqual(["j", "k"].map((key) => step(key, -1, 3)), [0, 2]);
  assert.deepEqual([step("j", 2, 3), step("k", 0, 3), step("j", 0, 3), step("k", 2, 3)], [2, 0, 1, 1]);
  assert.equal(step("j", -1, 0), -1);
});

test("seconds run down to nothing and not below", () => {
  const until = "2026-11-26T19:03:20.500+00:00";
  const at = Date.parse(until);
  assert.deepEqual([30_000, 1, -5000].map((ms) => secondsLeft(until, at - ms)), [30, 1, 0]);
});
