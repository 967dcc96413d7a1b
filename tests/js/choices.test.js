import assert from "node:assert/strict";
import test from "node:test";

import { nextChoice } from "../../static/js/lib/choices.js";

test("the arrows go round, and begin at either end", () => {
  assert.equal(nextChoice("ArrowDown", -1, 3), 0);
  assert.equal(nextChoice("ArrowDown", 2, 3), 0);
  assert.equal(nextChoice("ArrowUp", -1, 3), 2);
  assert.equal(nextChoice("ArrowUp", 1, 3), 0);
});

test("where there is nothing, nothing is chosen, and other keys change nothing", () => {
  assert.equal(nextChoice("ArrowDown", -1, 0), -1);
  assert.equal(nextChoice("a", 1, 3), 1);
});
