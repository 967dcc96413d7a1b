/** The guest's switch for single-key shortcuts. It says what this device really keeps, also where that is nothing. */

import { areShortcutsOn, turnShortcuts } from "../lib/shortcuts.js";

export function mount(element) {
  const box = element.querySelector("input");
  box.checked = areShortcutsOn();
  element.hidden = false;
  box.addEventListener("change", () => {
    turnShortcuts(box.checked);
    box.checked = areShortcutsOn();
  });
}
