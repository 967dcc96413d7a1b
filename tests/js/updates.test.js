import assert from "node:assert/strict";
import { test } from "node:test";

import { answered, asked, latestOfEach, question, received, startAt, unanswered } from "../../static/js/lib/updates.js";

const post = (id, words) => ({ type: "post", id, words });
const update = (previous, revision, ...items) => ({ stream: "s", previous, revision, items });
const ack = (revision, items = [], more = {}) => ({ stream: "s", revision, items, more: false, reset: false, ...more });

test("the next update is applied", () => {
  const step = received(startAt("s", 3), update(3, 4, post(1)));
  assert.deepEqual(step, { state: startAt("s", 4), items: [post(1)], next: null });
});

test("what one has is ignored", () => {
  for (const revision of [1, 2, 3]) {
    const step = received(startAt("s", 3), update(0, revision, post(1)));
    assert.deepEqual(step, { state: startAt("s", 3), items: [], next: null });
  }
});

test("an update that begins earlier and reaches further is applied", () => {
  const step = received(startAt("s", 3), update(1, 5, post(1)));
  assert.deepEqual(step, { state: startAt("s", 5), items: [post(1)], next: null });
});

test("after a gap one asks from what one has, and applies nothing", () => {
  const step = received(startAt("s", 3), update(4, 5, post(1)));
  assert.deepEqual(step, { state: startAt("s", 3), items: [], next: "ask" });
});

test("another stream means to start afresh", () => {
  const step = received(startAt("s", 3), { ...update(3, 4, post(1)), stream: "t" });
  assert.deepEqual([step.items, step.next], [[], "reset"]);
});

test("updates before the answer wait for it, and what the answer held already is ignored", () => {
  let state = asked(startAt("s", 3));
  for (const early of [update(3, 4, post(1)), update(4, 5, post(2)), update(5, 6, post(3))]) {
    const step = received(state, early);
    assert.deepEqual([step.items, step.next], [[], null]);
    state = step.state;
  }
  const step = answered(state, ack(5, [post(1), post(2)]));
  assert.deepEqual(step, { state: startAt("s", 6), items: [post(1), post(2), post(3)], next: null });
});

test("an update that the answer does not reach is asked for again", () => {
  const waiting = received(asked(startAt("s", 3)), update(7, 8, post(9))).state;
  const step = answered(waiting, ack(5, [post(1)]));
  assert.deepEqual(step, { state: startAt("s", 5), items: [post(1)], next: "ask" });
});

test("an answer that is not complete is asked for again at once", () => {
  const step = answered(asked(startAt("s", 0)), ack(200, [post(1)], { more: true }));
  assert.deepEqual(step, { state: startAt("s", 200), items: [post(1)], next: "more" });
});

test("an answer may say to start afresh", () => {
  assert.equal(answered(asked(startAt("s", 9)), ack(2, [], { reset: true })).next, "reset");
  assert.equal(answered(asked(startAt("s", 9)), ack(9, [], { stream: "t" })).next, "reset");
});

test("a question that was lost is asked again from the same place", () => {
  const lost = unanswered(received(asked(startAt("s", 3)), update(3, 4, post(1))).state);
  assert.deepEqual(question("thread:7", lost), { channel: "thread:7", after: 3, stream: "s" });
});

test("of each object only its latest state is applied", () => {
  const items = [post(1, "a"), post(2, "b"), post(1, "c"), { type: "thread", id: 1 }];
  assert.deepEqual(latestOfEach(items), [post(2, "b"), post(1, "c"), { type: "thread", id: 1 }]);
});

test("whatever is lost, doubled or late: asking heals, and the end is the server's state", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let run = 0; run < 200; run++) {
    const history = [];
    const seen = new Map();
    let state = startAt("s", 0);
    const take = (step) => {
      state = step.state;
      for (const item of step.items) seen.set(item.id, item.words);
      if (step.next) take(answered(asked(state), since(history, state.revision)));
    };
    for (let revision = 1; revision <= 30; revision++) {
      history.push(post(Math.ceil(random() * 9), `at ${revision}`));
      const chance = random();
      const told = update(revision - 1, revision, history.at(-1));
      if (chance < 0.6) take(received(state, told));
      if (chance < 0.2) take(received(state, told));
    }
    take(answered(asked(state), since(history, state.revision)));
    const expected = new Map(history.map((item) => [item.id, item.words]));
    assert.deepEqual([...seen].sort(), [...expected].sort());
  }
});

function since(history, revision) {
  return ack(history.length, latestOfEach(history.slice(revision)));
}
