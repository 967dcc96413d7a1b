/** Random moments, so that a hall of people does not come back in one breath. */

/** Milliseconds before one asks again: random, and longer with every attempt in vain (0, 1, 2…). */
export function pause(attempt, random, first = 300, most = 4000) {
  const ceiling = Math.min(most, first * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random() / 2));
}
