import assert from "node:assert/strict";
import { test } from "node:test";

import { knownTheme, themeCookie, themeFromCookies } from "../../static/js/lib/themes.js";

test("a theme is read from among other cookies", () => {
  assert.equal(themeFromCookies("session=abc; theme=dark; x=1"), "dark");
  assert.equal(themeFromCookies("mytheme=dark"), "auto");
  assert.equal(themeFromCookies(""), "auto");
});

test("an unknown theme is the system's", () => {
  assert.deepEqual(["light", "dark", "pink", undefined].map(knownTheme), ["light", "dark", "auto", "auto"]);
});

test("automatic forgets the cookie", () => {
  assert.equal(themeCookie("auto"), "theme=auto; path=/; max-age=0; samesite=lax");
  assert.equal(themeCookie("dark"), "theme=dark; path=/; max-age=31536000; samesite=lax");
});
