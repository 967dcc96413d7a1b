// Whether a single key does something for who reads without an account: this device keeps it.

import { read, write } from "./storage.js";

const NAME = "shortcuts";

export function areShortcutsOn() {
  return read(NAME) !== "off";
}

export function turnShortcuts(isOn) {
  write(NAME, isOn ? null : "off");
}
