/** Where a comment belongs in a page that shows some of a thread, in order of `seq`. */

/** The index before which `seq` goes in the ascending list `seqs`. */
export function placeFor(seqs, seq) {
  let low = 0;
  let high = seqs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seqs[middle] < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What to do with a comment that the page does not show yet: `"insert"` it; or it lies `"before"` the page's
 * first one, or `"beyond"` a page that does not reach the thread's end.
 */
export function whereTo(seqs, seq, isEnd) {
  if (seqs.length === 0) return isEnd ? "insert" : "beyond";
  if (seq < seqs[0]) return seqs[0] === 1 ? "insert" : "before";
  if (seq > seqs.at(-1) && !isEnd) return "beyond";
  return "insert";
}

/** The seq in an article's id (`post-12`), or null for one that has no place yet (`post-held-7`). */
export function seqOf(id) {
  const found = /^post-(\d+)$/.exec(id ?? "");
  return found ? Number(found[1]) : null;
}
