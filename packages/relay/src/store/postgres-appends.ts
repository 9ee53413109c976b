/** Group commit, document by document: what comes in while a group is on its way goes with the next one. */
import type { Bytes } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Failures } from './postgres-errors.ts';
import { isDuplicate } from './postgres-errors.ts';
import type { SessionPool } from './postgres-pool.ts';
import type { Session } from './postgres-session.ts';
import { APPEND } from './postgres-statements.ts';
import { BYTEA, binaryArray, INT8, int8, UUID } from './postgres-wire.ts';
import type { AppendEntry, AppendFailure } from './store.ts';

const MAX_GROUP_BYTES = 4 * 1024 * 1024;
const MAX_GROUP_RECORDS = 1000;

export interface AppendsOptions {
  pool: SessionPool;
  failures: Failures;
  clock: Clock;
  /** Told of each commit. */
  committed(seconds: number, records: number): void;
}

/** The appends of one document, in order. */
interface Lane {
  waiting: AppendEntry[];
  /** Resolves when none waits any more. */
  drained: Promise<void>;
}

function keyOf({ ref }: AppendEntry): string {
  return Buffer.from(ref.docId).toString('latin1');
}

/**
 * The first ones that may go together: judged by the same version, which each is asked for now. Those after them wait, and are asked
 * again: if the store has their version by then, they were right.
 */
function takeGroup(waiting: AppendEntry[]): { version: number; group: AppendEntry[] } {
  const version = waiting[0]?.version ?? -1;
  let bytes = 0;
  let count = 0;
  for (const entry of waiting) {
    bytes += entry.body.length;
    const isFull = count > 0 && (bytes > MAX_GROUP_BYTES || count === MAX_GROUP_RECORDS);
    if (isFull || entry.version !== version) break;
    count += 1;
  }
  return { version, group: waiting.splice(0, count) };
}

/** The first position, or a conflict: by a version that cannot be, or that the document does not have. */
async function write(session: Session, version: number, group: AppendEntry[]): Promise<number | 'conflict'> {
  if (version < 0) return 'conflict';
  const sessions: Bytes[] = [];
  const places: Bytes[] = [];
  const bodies: Bytes[] = [];
  for (const entry of group) {
    sessions.push(entry.session);
    places.push(int8(entry.n));
    bodies.push(entry.body);
  }
  const docId = group[0]?.ref.docId;
  const arrays = [binaryArray(UUID, sessions), binaryArray(INT8, places), binaryArray(BYTEA, bodies)];
  const [row] = await session.run<[number]>(APPEND, [docId, version, ...arrays]);
  return row === undefined ? 'conflict' : row[0];
}

export class Appends {
  readonly #options: AppendsOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: AppendsOptions) {
    this.#options = options;
  }

  add(entry: AppendEntry): void {
    const key = keyOf(entry);
    const lane = this.#lanes.get(key);
    if (lane !== undefined) {
      lane.waiting.push(entry);
      return;
    }
    const opened: Lane = { waiting: [entry], drained: Promise.resolve() };
    this.#lanes.set(key, opened);
    opened.drained = this.#drain(key, opened);
  }

  /** Resolves when everything that was added is settled. */
  async quiet(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all([...this.#lanes.values()].map(({ drained }) => drained));
  }

  async #drain(key: string, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) await this.#sendGroup(lane);
    this.#lanes.delete(key);
  }

  async #sendGroup(lane: Lane): Promise<void> {
    const sent = { group: [] as AppendEntry[] };
    let outcome: number | AppendFailure;
    try {
      outcome = await this.#store(lane, sent);
    } catch (bug) {
      failAll(lane, sent.group, 'unavailable');
      throw bug;
    }
    if (typeof outcome === 'number') for (const [i, entry] of sent.group.entries()) entry.settle(outcome + i);
    else failAll(lane, sent.group, outcome);
  }

  /** Only when there is a connection it is said which ones go, in `sent`: until then more come in. */
  async #store(lane: Lane, sent: { group: AppendEntry[] }): Promise<number | AppendFailure> {
    const { pool, failures, clock, committed } = this.#options;
    try {
      return await pool.use(async (session) => {
        const { version, group } = takeGroup(lane.waiting);
        sent.group = group;
        const startedMs = clock.now();
        const outcome = await write(session, version, group);
        if (outcome !== 'conflict') committed((clock.now() - startedMs) / 1000, group.length);
        return outcome;
      });
    } catch (error) {
      return isDuplicate(error) ? 'conflict' : failures.of(error);
    }
  }
}

/** What waits behind a failed append may build on it, so it fails as well. */
function failAll(lane: Lane, group: AppendEntry[], failure: AppendFailure): void {
  const failed = [...group, ...lane.waiting];
  lane.waiting = [];
  for (const entry of failed) entry.settle(failure);
}
