/** Statement (§16): what a relay says that it holds of a document. Two of them can prove that it lost or forked something. */
import type { Bytes } from '../bytes.ts';
import { compare } from '../bytes.ts';
import type { FrontierEntry } from '../checkpoint.ts';
import type { Result } from '../errors.ts';
import type { Verify } from '../hash.ts';
import { DOC_ID_BYTES, HASH_BYTES, MAX_SESSIONS, MAX_STATEMENT_BYTES, SESSION_BYTES } from '../limits.ts';
import type { Reader } from '../reader.ts';
import { checkFact, type FactKind, type Signed } from './fact.ts';
import { readAscending, writeAscending } from './lists.ts';
import { refuseFuture } from './period.ts';

export interface Statement {
  docId: Bytes;
  /** Unix seconds. */
  time: number;
  headerSeq: number;
  /** The header's, Unix seconds; 0 never. */
  expiry: number;
  /** 0 when there is none. */
  checkpointSeq: number;
  /** Exactly when there is one. */
  checkpointHash?: Bytes;
  /** Every session that no checkpoint retired, as far as it is on disk and its chain verified. */
  frontier: FrontierEntry[];
}

const SESSIONS = { most: MAX_SESSIONS, compare: (a: FrontierEntry, b: FrontierEntry) => compare(a.session, b.session) };

function readEntry(reader: Reader): FrontierEntry {
  const session = reader.fixed(SESSION_BYTES);
  const have = reader.varint();
  reader.check(have >= 1);
  return { session, have, hash: reader.fixed(HASH_BYTES) };
}

export const STATEMENT: FactKind<Statement> = {
  type: 4,
  label: 'arc1 statement',
  maxBytes: MAX_STATEMENT_BYTES,
  write(writer, { docId, time, headerSeq, expiry, checkpointSeq, checkpointHash, frontier }) {
    if (headerSeq < 1) throw new RangeError('a document without a header');
    if (checkpointSeq > 0 !== (checkpointHash !== undefined)) throw new RangeError('seq and hash of the checkpoint');
    writer.fixed(docId, DOC_ID_BYTES);
    writer.varint(time);
    writer.varint(headerSeq);
    writer.varint(expiry);
    writer.varint(checkpointSeq);
    if (checkpointHash !== undefined) writer.fixed(checkpointHash, HASH_BYTES);
    writeAscending(writer, frontier, {
      ...SESSIONS,
      write({ session, have, hash }) {
        if (have < 1) throw new RangeError('a frontier entry without records');
        writer.fixed(session, SESSION_BYTES);
        writer.varint(have);
        writer.fixed(hash, HASH_BYTES);
      },
    });
  },
  read(reader) {
    const docId = reader.fixed(DOC_ID_BYTES);
    const time = reader.varint();
    const headerSeq = reader.varint();
    reader.check(headerSeq >= 1);
    const expiry = reader.varint();
    const checkpointSeq = reader.varint();
    const checkpoint = checkpointSeq > 0 ? { checkpointHash: reader.fixed(HASH_BYTES) } : {};
    const frontier = readAscending(reader, { ...SESSIONS, read: () => readEntry(reader) });
    return { docId, time, headerSeq, expiry, checkpointSeq, ...checkpoint, frontier };
  },
};

/** `maxAgeSeconds`: of a statement that is asked for; left out for one that is evidence. */
interface StatementWish {
  nowSeconds: number;
  host?: Bytes;
  maxAgeSeconds?: number;
}

/** Errors: those of `decodeFact`, `wrong_host`, `from_future`, `expired` (STM-2), `bad_signature`. */
export function checkStatement(bytes: Bytes, wish: StatementWish, verify: Verify): Promise<Result<Signed<Statement>>> {
  const { nowSeconds, host, maxAgeSeconds = Number.POSITIVE_INFINITY } = wish;
  const refuse = ({ time }: Statement) =>
    refuseFuture(time, nowSeconds) ?? (nowSeconds - time > maxAgeSeconds ? ('expired' as const) : undefined);
  return checkFact(STATEMENT, bytes, { host, refuse }, verify);
}
