/** Where in a drop its sender is. */

/** Of the files, one after the other. */
export interface Place {
  /** Index of the file that is on its way; as many as there are files when all are sent. */
  index: number;
  /** Of that file, in [0, 1]. */
  share: number;
}

/** Where the files begin, one after the other; the last number is where they end. */
export function startsOf(sizes: readonly number[]): number[] {
  let at = 0;
  return [0, ...sizes.map((size) => (at += size))];
}

/** `share`: of all bytes, in [0, 1]. Files without bytes are sent with what is before them. */
export function placeAt(starts: readonly number[], share: number): Place {
  const last = starts.length - 1;
  const total = starts[last] ?? 0;
  if (share >= 1) return { index: last, share: 0 };
  const at = share * total;
  let [low, high] = [0, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((starts[middle + 1] as number) <= at) low = middle + 1;
    else high = middle;
  }
  const [start = 0, end = 0] = [starts[low], starts[low + 1]];
  return { index: low, share: end > start ? Math.min(1, (at - start) / (end - start)) : 0 };
}
