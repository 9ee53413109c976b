import type * as Y from 'yjs';

/** Unix seconds of the year 10000: later is no date. */
const TIME_MAX_S = 253_402_300_800;

/** A moment that another program's file tells of: a claim of the file, written when it was brought in. */
export interface ImportedMoment {
  /** Number in Yjs of who is said to have written. */
  client: number;
  /** Unix seconds; 0: not told */
  at: number;
}

/** By a key of its own; each lies in the record that brought what it tells of. */
export function importedMoments(ydoc: Y.Doc): Y.Map<unknown> {
  return ydoc.getMap('imports');
}

/** As another program may have written it; undefined when it is none. */
export function readImported(value: unknown): ImportedMoment | undefined {
  const { client, at } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (typeof client !== 'number' || !Number.isSafeInteger(client)) return undefined;
  const isTime = typeof at === 'number' && at > 0 && at < TIME_MAX_S;
  return { client, at: isTime ? at : 0 };
}
