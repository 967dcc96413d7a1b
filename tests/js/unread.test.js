import assert from "node:assert/strict";
import test from "node:test";

import { badge } from "../../static/js/lib/unread.js";

test("nothing unread shows nothing", () => assert.equal(badge(0), ""));
test("a few show as they are", () => assert.equal(badge(7), "7"));
test("many fit in the badge", () => assert.equal(badge(100), "99+"));
test("what is no number shows nothing", () => assert.equal(badge("<b>"), ""));
