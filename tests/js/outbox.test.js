import assert from "node:assert/strict";
import { test } from "node:test";

import { pause } from "../../static/js/lib/chance.js";
import { meaningOf, outboxName, packOutbox, unpackOutbox } from "../../static/js/lib/outbox.js";

const entry = { key: "k", body: "Words.", reply_to: null, at: 1000 };

test("what is on its way can be put away and taken out again", () => {
  assert.deepEqual(unpackOutbox(packOutbox([entry]), 2000), [entry]);
  assert.equal(packOutbox([]), null);
});

test("nothing, nonsense and what is older than the server's memory are not sent again", () => {
  for (const stored of [null, "", "{", "7", '[{"key":1}]', packOutbox([{ ...entry, at: 2000 - 24 * 3600 * 1000 }])]) {
    assert.deepEqual(unpackOutbox(stored, 2000), []);
  }
});

test("each person and thread has an outbox of its own", () => {
  assert.equal(outboxName("ana", "thread-7"), "outbox:ana:thread-7");
  assert.equal(outboxName(undefined, "thread-7"), "outbox:guest:thread-7");
});

test("an answer says whether to rest, to wait or to try again", () => {
  const meanings = [201, 200, 202, 0, 429, 503, 400, 403, 409, 422].map((status) => meaningOf(status));
  const [published, held, later, refused] = ["published", "held", "later", "refused"];
  assert.deepEqual(meanings, [published, published, held, later, later, later, refused, refused, refused, refused]);
});

test("pauses grow with every attempt in vain, differ by chance, and have an end", () => {
  assert.equal(pause(0, () => 0), 150);
  assert.equal(pause(0, () => 1), 300);
  assert.equal(pause(3, () => 1), 2400);
  assert.equal(pause(30, () => 1), 4000);
});
