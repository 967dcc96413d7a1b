/** Places of a thread as ranges: sorted, inclusive pairs `[first, last]` that do not touch. */

/** Any places (seqs), in any order, as ranges. */
export function toRanges(seqs) {
  const ranges = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last[1] + 1) last[1] = Math.max(last[1], seq);
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** Whether both say the same. */
export function sameRanges(one, other) {
  return one.length === other.length && one.every(([first, last], i) => first === other[i][0] && last === other[i][1]);
}

/** Whether the place `seq` lies in one of `ranges`. */
export function holds(ranges, seq) {
  return ranges.some(([first, last]) => first <= seq && seq <= last);
}
