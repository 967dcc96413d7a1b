import assert from "node:assert/strict";
import { test } from "node:test";

import { draftName, hasArrived, packDraft, unpackDraft } from "../../static/js/lib/drafts.js";

const NOW = 1_795_000_000_000;
const DAY_MS = 86_400_000;

test("a draft comes back as it was written", () => {
  assert.deepEqual(unpackDraft(packDraft("No room with a roof.", NOW), NOW), { text: "No room with a roof.", writtenAt: NOW, sentAt: null });
});

test("two people on one device never share a draft", () => {
  assert.notEqual(draftName("maria", "thread-12"), draftName("kofi", "thread-12"));
  assert.equal(draftName("", "thread-12"), "draft:guest:thread-12");
});

test("nothing, nonsense and blanks are no draft", () => {
  const stored = [null, "", "{", '"text"', "{}", packDraft("  \n", NOW)];
  assert.deepEqual(stored.map((each) => unpackDraft(each, NOW)), [null, null, null, null, null, null]);
});

test("a draft is forgotten after 180 days", () => {
  const stored = packDraft("Still true.", NOW);
  assert.equal(unpackDraft(stored, NOW + 180 * DAY_MS)?.text, "Still true.");
  assert.equal(unpackDraft(stored, NOW + 180 * DAY_MS + 1), null);
});

test("a sent draft has arrived only when the page that came back says so", () => {
  const sent = { text: "Yes.", writtenAt: NOW, sentAt: NOW };
  const unsent = { ...sent, sentAt: null };
  assert.equal(hasArrived(sent, { hash: "#post-7", isThanked: false }), true);
  assert.equal(hasArrived(sent, { hash: "", isThanked: true }), true);
  assert.equal(hasArrived(sent, { hash: "", isThanked: false }), false);
  assert.equal(hasArrived(unsent, { hash: "#post-7", isThanked: true }), false);
});
