/** Removals (§21): what a host has taken down and why, signed, for hosts that chose to follow it. */
import type { Bytes } from '../bytes.ts';
import { compare } from '../bytes.ts';
import type { Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import { DOC_ID_BYTES, MAX_REMOVALS, MAX_REMOVALS_BYTES, MAX_REMOVALS_VALID_SECONDS } from '../limits.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { checkFact, type FactKind, type Signed } from './fact.ts';
import { readAscending, writeAscending } from './lists.ts';
import { type Period, readPeriod, refuseLength, refusePeriod, writePeriod } from './period.ts';
import { readText, word, writeText } from './text.ts';

/** Why something is reported or removed (REM-1). A reader shows one that it does not know as `other`. */
export const REMOVAL_CATEGORIES = [
  'minors',
  'violence',
  'harassment',
  'privacy',
  'fraud',
  'malware',
  'copyright',
  'spam',
  'other',
] as const;
export type RemovalCategory = (typeof REMOVAL_CATEGORIES)[number];

export interface RemovedId {
  /** Of a document or a blob. */
  docId: Bytes;
  /** A word, one of `REMOVAL_CATEGORIES` where this program made it. */
  category: string;
  /** Unix seconds. */
  time: number;
}

export interface Removals extends Period {
  /** Ascending by id; at most 10,000, the newest. */
  removed: RemovedId[];
}

const BY_ID = { most: MAX_REMOVALS, compare: (a: RemovedId, b: RemovedId) => compare(a.docId, b.docId) };

function writeRemoved(writer: Writer, { docId, category, time }: RemovedId): void {
  writer.fixed(docId, DOC_ID_BYTES);
  writeText(writer, word, category);
  writer.varint(time);
}

function readRemoved(reader: Reader): RemovedId {
  const docId = reader.fixed(DOC_ID_BYTES);
  const category = readText(reader, word);
  return { docId, category, time: reader.varint() };
}

export const REMOVALS: FactKind<Removals> = {
  type: 6,
  label: 'arc1 removals',
  maxBytes: MAX_REMOVALS_BYTES,
  write(writer, removals) {
    writePeriod(writer, removals, MAX_REMOVALS_VALID_SECONDS);
    writeAscending(writer, removals.removed, { ...BY_ID, write: (removed) => writeRemoved(writer, removed) });
  },
  read(reader) {
    const period = readPeriod(reader);
    return { ...period, removed: readAscending(reader, { ...BY_ID, read: () => readRemoved(reader) }) };
  },
  refuse: (removals) => refuseLength(removals, MAX_REMOVALS_VALID_SECONDS),
};

/** `host`: the id it must be signed by. Errors: those of `decodeFact`, `wrong_host`, `from_future`, `expired`, `bad_signature`. */
export function checkRemovals(
  bytes: Bytes,
  { nowSeconds, host }: { nowSeconds: number; host?: Bytes },
  verify: Verify,
): Promise<Result<Signed<Removals>>> {
  return checkFact(REMOVALS, bytes, { host, refuse: (removals) => refusePeriod(removals, nowSeconds) }, verify);
}
