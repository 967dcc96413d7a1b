// What this device keeps. It may refuse (private windows): then what was to be kept lives as long as the page.

/** The words kept under a name, or null. */
export function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keep words under a name; null forgets them. */
export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Nothing to do: the words are still in the page.
  }
}
