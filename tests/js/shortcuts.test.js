import assert from "node:assert/strict";
import test from "node:test";

import { areShortcutsOn, turnShortcuts } from "../../static/js/lib/shortcuts.js";

function device() {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}

test("shortcuts are on until they are turned off, and on again after", () => {
  globalThis.localStorage = device();
  assert.equal(areShortcutsOn(), true);
  turnShortcuts(false);
  assert.equal(areShortcutsOn(), false);
  turnShortcuts(true);
  assert.equal(areShortcutsOn(), true);
});

test("where a device keeps nothing, they stay on and say so", () => {
  delete globalThis.localStorage;
  turnShortcuts(false);
  assert.equal(areShortcutsOn(), true);
});
