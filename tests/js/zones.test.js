import assert from "node:assert/strict";
import { test } from "node:test";

import { readersClock } from "../../static/js/lib/zones.js";

const MEETING = new Date("2026-12-03T18:30:00-05:00");

test("a reader in the meeting's zone is told nothing more", () => {
  assert.equal(readersClock(MEETING, "America/New_York", "America/New_York", "en"), null);
});

test("another zone with the same clock is told nothing more", () => {
  assert.equal(readersClock(MEETING, "America/New_York", "America/Toronto", "en"), null);
});

test("a reader across the ocean learns the day too", () => {
  assert.match(readersClock(MEETING, "America/New_York", "Europe/Berlin", "en"), /^Friday.*12:30\sAM$/);
});

test("an unknown zone is no reason to fail", () => {
  assert.equal(readersClock(MEETING, "Nowhere/Here", "Europe/Berlin", "en"), null);
});
