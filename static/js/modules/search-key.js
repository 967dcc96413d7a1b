/**
 * `/` goes to the search box of the page, or to the search page where there is none. Who has an account turns it
 * off in the settings, and then this is not there; `data-guest`: this device knows whether it is on.
 */

import { areShortcutsOn } from "../lib/shortcuts.js";

export function mount(link) {
  const isOn = () => !("guest" in link.dataset) || areShortcutsOn();
  if (isOn()) link.setAttribute("aria-keyshortcuts", "/");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (!isOn()) return;
    event.preventDefault();
    const box = document.querySelector("form.search input[type=search]");
    if (box) box.focus();
    else link.click();
  });
}

function isTyping(element) {
  return element.closest?.("input, textarea, select, dialog, [contenteditable]");
}
