/** What lies in a tray, kept on the device as long as the server keeps an upload that is in nothing yet. */

const KEPT_MS = 24 * 3600 * 1000;
export const LARGEST = { picture: 10_000_000, pdf: 15_000_000 };

export function trayName(person, key) {
  return `tray:${person || "guest"}:${key}`;
}

export function packTray(files) {
  return files.length ? JSON.stringify(files) : null;
}

/** The files, or none for nothing and nonsense; without what the server has let go by now. */
export function unpackTray(stored, now) {
  let files;
  try {
    files = JSON.parse(stored);
  } catch {
    return [];
  }
  if (!Array.isArray(files)) return [];
  return files.filter((file) => /^[0-9a-f]{32}$/.test(file?.key) && now - file.at < KEPT_MS);
}

export function isTooLarge(file) {
  return file.size > (file.type === "application/pdf" ? LARGEST.pdf : LARGEST.picture);
}
