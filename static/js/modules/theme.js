/** The reader's choice of light, dark or automatic, kept in a cookie that the server reads. */

import { themeCookie, themeFromCookies } from "../lib/themes.js";

export function mount(element) {
  const buttons = [...element.querySelectorAll("button")];
  show(buttons, themeFromCookies(document.cookie));
  element.hidden = false;
  for (const button of buttons) button.addEventListener("click", () => choose(buttons, button.value));
}

function choose(buttons, theme) {
  document.cookie = themeCookie(theme);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  show(buttons, theme);
}

function show(buttons, theme) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === theme));
}
