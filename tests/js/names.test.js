import assert from "node:assert/strict";
import test from "node:test";

import { matches } from "../../static/js/lib/names.js";

test("a name is found without its accents and capitals", () => {
  assert.equal(matches("Tomás Rivera", "tomas"), true);
  assert.equal(matches("Tomás Rivera", "riv TOM"), true);
});

test("another name is not found", () => assert.equal(matches("Tomás Rivera", "torres"), false));

test("nothing typed finds everybody", () => assert.equal(matches("Ana", " "), true));
