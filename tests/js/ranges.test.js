import assert from "node:assert/strict";
import test from "node:test";

import { holds, sameRanges, toRanges } from "../../static/js/lib/ranges.js";

test("neighbours become one range, in any order", () => assert.deepEqual(toRanges([7, 2, 3, 1, 3]), [[1, 3], [7, 7]]));
test("nothing seen is no range", () => assert.deepEqual(toRanges([]), []));
test("a place lies in a range with its ends", () => {
  assert.deepEqual([1, 2, 4, 5, 6].map((seq) => holds([[2, 4], [6, 6]], seq)), [false, true, true, false, true]);
});
test("equal ranges are the same", () => {
  assert.equal(sameRanges([[1, 3]], [[1, 3]]), true);
  assert.equal(sameRanges([[1, 3]], [[1, 4]]), false);
  assert.equal(sameRanges([[1, 3]], []), false);
});
