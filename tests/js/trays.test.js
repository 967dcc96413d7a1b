import assert from "node:assert/strict";
import { test } from "node:test";

import { isTooLarge, packTray, trayName, unpackTray } from "../../static/js/lib/trays.js";

const file = { key: "0123456789abcdef".repeat(2), kind: "picture", alt: "A bench.", at: 1000 };

test("what lies in a tray can be put away and taken out again", () => {
  assert.deepEqual(unpackTray(packTray([file]), 2000), [file]);
  assert.equal(packTray([]), null);
});

test("nothing, nonsense and what the server let go is not there any more", () => {
  for (const stored of [null, "", "{", "7", '[{"key":1}]', '[{"key":"<b>","at":1}]', packTray([{ ...file, at: -9e7 }])]) {
    assert.deepEqual(unpackTray(stored, 2000), []);
  }
});

test("each person and thread has a tray of its own", () => {
  assert.notEqual(trayName("ana", "thread-1"), trayName("ben", "thread-1"));
});

test("a picture has less room than a paper", () => {
  assert.ok(isTooLarge({ type: "image/jpeg", size: 12_000_000 }));
  assert.ok(!isTooLarge({ type: "application/pdf", size: 12_000_000 }));
});
