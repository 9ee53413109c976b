import { Refusal } from '../refusal.ts';
import { readChangeset, readOperations } from './changeset.ts';
import type { EtherpadFile, EtherpadRevision } from './file.ts';
import { type Line, PadText } from './pad-text.ts';

/** A stretch of the history: one author's work without a long pause. */
export interface EtherpadMoment {
  lines: readonly Line[];
  author: string;
  /** ms since 1970, of its last change; 0: the file does not say */
  at: number;
  /** What it was named, if it was. */
  name: string | undefined;
}

export const MOMENTS_MAX = 100;
const PAUSE_MS = 5 * 60 * 1000;
/** UTF-16 units. */
const TEXT_MAX_LENGTH = 2_000_000;
/** Lines that are handed on from revision to revision, all told. */
const WORK_MAX = 500_000_000;

/** The text alone. Throws `Refusal`: `broken`, `tooLarge`. */
export function lastMoment({ text, attribs, pool }: EtherpadFile): EtherpadMoment {
  if (text.length > TEXT_MAX_LENGTH) throw new Refusal('tooLarge');
  const last = new PadText(pool);
  const all = readOperations(attribs);
  // It ends with the line end that every text begins with.
  if (all.reduce((sum, operation) => sum + operation.length, 0) !== text.length) throw new Refusal('broken');
  const operations = [...all, { kind: '-' as const, length: 1, lines: 1, attributes: [] }];
  last.apply({ before: 1, after: text.length, operations, signs: text });
  if (last.text !== text) throw new Refusal('broken');
  return { lines: last.lines, author: '', at: 0, name: undefined };
}

/**
 * The whole history, at most `MOMENTS_MAX` of them. `progress` is called now and then with the share that is done.
 * Throws `Refusal`: `broken`, also when it does not lead to the text; `tooLarge`.
 */
export function readMoments(file: EtherpadFile, progress: (share: number) => void): EtherpadMoment[] {
  const revisions = file.revisions();
  const ends = endsOf(revisions, file.saved);
  const text = new PadText(file.pool);
  const moments: EtherpadMoment[] = [];
  let wrote = new Map<string, number>();
  let shown = text.lines;
  let work = 0;
  for (const [number, { changeset, author, at }] of revisions.entries()) {
    const read = readChangeset(changeset);
    text.apply(read);
    work += text.lines.length;
    if (text.length > TEXT_MAX_LENGTH || work > WORK_MAX) throw new Refusal('tooLarge');
    wrote.set(author, (wrote.get(author) ?? 0) + read.signs.length + 1);
    if (number % 500 === 0) progress(number / revisions.length);
    const name = file.saved.get(number);
    const isNew = text.lines !== shown;
    if (!ends.has(number) || (!isNew && name === undefined)) continue;
    shown = text.lines;
    const [most = ''] = [...wrote].sort((a, b) => b[1] - a[1])[0] ?? [];
    moments.push({ lines: text.lines, author: most, at, name });
    wrote = new Map();
  }
  if (text.text !== file.text) throw new Refusal('broken');
  return moments;
}

/** After which revisions a moment ends: named ones, then where the longest pauses are, then where another one writes. */
export function endsOf(revisions: readonly EtherpadRevision[], saved: ReadonlyMap<number, string>): Set<number> {
  const last = revisions.length - 1;
  const places = revisions.slice(0, -1).flatMap((revision, number) => {
    const next = revisions[number + 1] ?? revision;
    const pause = revision.at > 0 && next.at > 0 ? Math.max(0, next.at - revision.at) : 0;
    if (saved.has(number)) return { number, weight: Number.POSITIVE_INFINITY };
    return pause >= PAUSE_MS || next.author !== revision.author ? { number, weight: pause } : [];
  });
  const kept = places.sort((a, b) => (a.weight === b.weight ? a.number - b.number : b.weight - a.weight));
  return new Set([...kept.slice(0, MOMENTS_MAX - 1).map(({ number }) => number), ...(last < 0 ? [] : [last])]);
}
