/** Light, dark or as the system has it; anything else is the system's. */

export function knownTheme(value) {
  return ["light", "dark"].includes(value) ? value : "auto";
}

export function themeFromCookies(cookies) {
  return knownTheme(/(?:^|;\s*)theme=(\w+)/.exec(cookies)?.[1]);
}

/** The cookie that the server reads, so that a page never flashes in the wrong colours. */
export function themeCookie(theme) {
  const age = theme === "auto" ? 0 : 31_536_000;
  return `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
}
