import type { Key } from '../harness/typing.ts';
import { LIVE_EVERY_MS, SEAL_AFTER_MS } from '../peers/archipel-writer.ts';

/** One message of a writer, planned before it is sent. */
export interface Letter {
  /** When it leaves, in ms after the start of the step. */
  atMs: number;
  writer: number;
  kind: 'live' | 'record';
  /** The keys in it, by their numbers in this step: `from` to `to - 1`. */
  from: number;
  to: number;
  /** Whether it is the first that brings these keys. */
  isFirst: boolean;
}

/** The two lanes of a client that has company: a live message at most every 40 ms, a record of all that a second brought. */
export function typedLetters(keys: readonly Key[], durationMs: number): Letter[] {
  const lives = lane(keys, 'live', ({ atMs }, last) => Math.max(atMs, (last?.atMs ?? -LIVE_EVERY_MS) + LIVE_EVERY_MS));
  const records = lane(keys, 'record', ({ atMs }) => Math.min(atMs + SEAL_AFTER_MS, durationMs));
  // The sort is stable: of two that leave together the live one is first.
  return [...lives, ...records].sort((a, b) => a.atMs - b.atMs);
}

/** Every key as a record of its own, at once: for a load that asks what the disk takes. */
export function recordLetters(keys: readonly Key[]): Letter[] {
  return keys.map(({ atMs, writer, number }) => ({
    atMs,
    writer,
    kind: 'record',
    from: number,
    to: number + 1,
    isFirst: true,
  }));
}

/** A key joins the last letter of its writer while that has not left, else begins the next one, which leaves at `dueMs`. */
function lane(keys: readonly Key[], kind: Letter['kind'], dueMs: (key: Key, last?: Letter) => number): Letter[] {
  const lastOf = new Map<number, Letter>();
  const letters: Letter[] = [];
  for (const key of keys) {
    const { atMs, writer, number } = key;
    const last = lastOf.get(writer);
    if (last !== undefined && atMs <= last.atMs) {
      last.to = number + 1;
      continue;
    }
    const due = dueMs(key, last);
    const letter = { atMs: due, writer, kind, from: number, to: number + 1, isFirst: kind === 'live' };
    lastOf.set(writer, letter);
    letters.push(letter);
  }
  return letters;
}
