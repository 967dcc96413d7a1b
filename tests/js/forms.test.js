import assert from "node:assert/strict";
import { test } from "node:test";
import { isFilledIn } from "../../static/js/lib/forms.js";

const part = (...fields) => ({ querySelectorAll: () => fields });
const option = (value, selected, defaultSelected) => ({ value, selected, defaultSelected });

test("a form as the page brought it is not filled in", () => {
  assert.equal(isFilledIn(part()), false);
  assert.equal(isFilledIn(part({ type: "hidden", value: "b", defaultValue: "a" })), false);
  assert.equal(isFilledIn(part({ type: "radio", checked: true, defaultChecked: true })), false);
  assert.equal(isFilledIn(part({ type: "select-one", options: [option("", true, false), option("3", false, false)] })), false);
});

test("a choice, a score or a word makes it filled in", () => {
  assert.equal(isFilledIn(part({ type: "checkbox", checked: true, defaultChecked: false })), true);
  assert.equal(isFilledIn(part({ type: "select-one", options: [option("3", true, false)] })), true);
  assert.equal(isFilledIn(part({ type: "textarea", value: "Why", defaultValue: "" })), true);
});
