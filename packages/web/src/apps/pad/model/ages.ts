/** Never inserted, or never deleted, as far as is known. */
export const NEVER = 0xffff_ffff;
/** The most signs (with all that were ever deleted) whose ages are kept: eight bytes each. */
export const MAX_SIGNS = 24_000_000;

/**
 * When each sign of one author's program came and went. Yjs numbers what a program inserts from 0 (its clock), so two arrays
 * say all: the step that brought a sign, and the one that took it away.
 */
export class Ages {
  inserted = new Uint32Array(0);
  deleted = new Uint32Array(0);
  /** Clocks that are known: 0 to `end` - 1. */
  end = 0;

  /** Makes room; throws a RangeError when a document claims more than anybody can have typed. */
  reach(end: number): void {
    if (end > MAX_SIGNS) throw new RangeError('too_large');
    if (end > this.inserted.length) {
      const length = Math.max(1024, end, this.inserted.length * 2);
      this.inserted = grown(this.inserted, length);
      this.deleted = grown(this.deleted, length);
    }
    this.end = Math.max(this.end, end);
  }

  /** The signs from `clock` on came with this step, those that were not there before. How many those are. */
  insert(clock: number, length: number, step: number): number {
    this.reach(clock + length);
    return paint(this.inserted, clock, length, step);
  }

  delete(clock: number, length: number, step: number): number {
    this.reach(clock + length);
    return paint(this.deleted, clock, length, step);
  }

  isVisible(clock: number, step: number): boolean {
    return (this.inserted[clock] ?? NEVER) <= step && step < (this.deleted[clock] ?? NEVER);
  }

  /** Where the signs from `clock` on that came and went together end; at most `end`. */
  endOfRun(clock: number, end: number): number {
    const { inserted, deleted } = this;
    const came = inserted[clock];
    const went = deleted[clock];
    let next = clock + 1;
    while (next < end && inserted[next] === came && deleted[next] === went) next += 1;
    return next;
  }
}

function grown(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const array = new Uint32Array(length).fill(NEVER, from.length);
  array.set(from);
  return array;
}

function paint(array: Uint32Array, from: number, length: number, step: number): number {
  let painted = 0;
  for (let index = from; index < from + length; index += 1) {
    if (array[index] !== NEVER) continue;
    array[index] = step;
    painted += 1;
  }
  return painted;
}
