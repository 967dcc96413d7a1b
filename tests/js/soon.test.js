import assert from "node:assert/strict";
import test from "node:test";

import { Soon } from "../../static/js/lib/soon.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** `pass` lets all of the waiting time go by; `deeds` counts what was done. */
function begin(t, deed = async () => {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const found = { deeds: 0 };
  found.soon = new Soon(() => (found.deeds += 1, deed(found.deeds)), 4000);
  found.pass = async () => {
    t.mock.timers.tick(4000);
    await settled();
  };
  return found;
}

test("nothing is done at once, and many who ask are served together", async (t) => {
  const found = begin(t);
  for (let n = 0; n < 5; n += 1) found.soon.ask();
  assert.equal(found.deeds, 0);
  await found.pass();
  await found.pass();
  assert.equal(found.deeds, 1);
});

test("the moment is one's own", (t) => {
  t.mock.method(Math, "random", () => 0.5);
  const found = begin(t);
  found.soon.ask();
  t.mock.timers.tick(1999);
  assert.equal(found.deeds, 0);
  t.mock.timers.tick(1);
  assert.equal(found.deeds, 1);
});

test("who asks while it is done has it done once more, afterwards", async (t) => {
  let finish;
  const found = begin(t, () => new Promise((resolve) => (finish = resolve)));
  found.soon.ask();
  await found.pass();
  found.soon.ask();
  found.soon.ask();
  await found.pass();
  assert.equal(found.deeds, 1);
  finish();
  await settled();
  await found.pass();
  assert.equal(found.deeds, 2);
  finish();
  await settled();
  await found.pass();
  assert.equal(found.deeds, 2);
});

test("what fails is tried again, a few times", async (t) => {
  const found = begin(t, async () => {
    throw new Error("busy");
  });
  found.soon.ask();
  for (let n = 0; n < 9; n += 1) await found.pass();
  assert.equal(found.deeds, 3);
  found.soon.ask();
  await found.pass();
  assert.equal(found.deeds, 4);
});
