import assert from "node:assert/strict";
import { test } from "node:test";

import { isForThePage, stepTo } from "../../static/js/lib/keys.js";

const pressed = (inside, more = {}) => ({ target: { closest: () => inside }, ...more });

test("a key is the page's where nobody writes and no other key is held", () => {
  assert.equal(isForThePage(pressed(null)), true);
  assert.equal(isForThePage({ target: {} }), true);
  assert.equal(isForThePage(pressed({})), false);
  for (const held of ["ctrlKey", "metaKey", "altKey", "defaultPrevented"]) {
    assert.equal(isForThePage(pressed(null, { [held]: true })), false);
  }
});

test("one steps from thing to thing and stays at the ends", () => {
  assert.equal(stepTo(["a", "b", "c"], "a", 1), "b");
  assert.equal(stepTo(["a", "b", "c"], "b", -1), "a");
  assert.equal(stepTo(["a", "b", "c"], "c", 1), "c");
  assert.equal(stepTo(["a", "b", "c"], "a", -1), "a");
});

test("from elsewhere one comes to the first, or backwards to the last", () => {
  assert.equal(stepTo(["a", "b"], null, 1), "a");
  assert.equal(stepTo(["a", "b"], null, -1), "b");
  assert.equal(stepTo([], null, 1), null);
});
