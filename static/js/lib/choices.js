/** Which of `count` choices is next for a key, from `current` (-1: none yet). Past the end begins anew. */
export function nextChoice(key, current, count) {
  if (!count) return -1;
  if (key === "ArrowDown") return current + 1 >= count ? 0 : current + 1;
  if (key === "ArrowUp") return current <= 0 ? count - 1 : current - 1;
  return current;
}
