/** What the processes of a host know together of its blobs: tables in the PostgreSQL of their store. The bytes are in a folder that all of them reach. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type {
  BlobCreated,
  BlobEnding,
  BlobSpace,
  BlobState,
  BlobStore,
  BlobTotals,
  DropBounds,
  MovedBlob,
  NewBlob,
  StoredBlob,
} from './blobs.ts';
import { BlobStoreError } from './blobs.ts';
import {
  ADD_TICKET,
  BLOB_TOTALS,
  COMPLETE,
  COMPLETE_BLOB,
  COUNT_DROPS,
  CREATE_BLOB,
  DROP_TICKETS,
  DUE_BLOBS,
  END_BLOB,
  ERASE_BLOB,
  FIND_BLOB,
  FIND_MARK,
  FORGET_BLOBS,
  HAS_DROP,
  HOLDS_TICKET,
  IMPORT_BLOB,
  KNOWS_TICKET,
  LEAVE_SWEEP,
  LIST_BLOBS,
  LIST_DROPS,
  LIST_TICKETS,
  LOCK_BLOB,
  LOCK_ROOM,
  PUT_BLOB_HEADER,
  PUT_MARK,
  SET_MARK,
  TAKE_BLOB,
  TOUCH_BLOB,
  TRY_SWEEP,
  UPLOADING_BLOBS,
} from './postgres-blob-statements.ts';
import { Failures } from './postgres-errors.ts';
import { SHARED_KEY } from './postgres-inbox-statements.ts';
import { type PoolOptions, SessionPool } from './postgres-pool.ts';
import type { Session } from './postgres-session.ts';

const STATES: readonly BlobState[] = ['uploading', 'complete', 'deleted', 'expired', 'spent'];
const FIRST = new Uint8Array(0);

/** The tables are made by `openPostgresStore`, which comes first. */
export function openPostgresBlobs(options: PoolOptions): BlobStore {
  return new PostgresBlobStore(options);
}

type Row = [
  blobId: Bytes,
  header: Bytes,
  length: number,
  expiry: number,
  downloads: number,
  taken: number,
  state: number,
  seq: number,
  counts: boolean,
  inboxId: Bytes,
  sender: Bytes,
];
type MovedRow = [...Row, touched: number, reached: number];
type LockedRow = [state: number, downloads: number, taken: number, counts: boolean];

function blobOf(row: readonly [...Row, ...unknown[]]): StoredBlob {
  const [blobId, header, length, expiry, downloads, taken, at, seq, counts, inboxId, sender] = row;
  const state = STATES[at] as BlobState;
  return { blobId, header, length, expiry, downloads, taken, state, seq, counts, inboxId, sender };
}

class PostgresBlobStore implements BlobStore {
  readonly #pool: SessionPool;
  readonly #failures: Failures;

  constructor(options: PoolOptions) {
    this.#pool = new SessionPool(options);
    this.#failures = new Failures(options.clock, options.log);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Of the work that runs under a lock.
      if (error instanceof BlobStoreError) throw error;
      throw new BlobStoreError(this.#failures.of(error), { cause: error });
    }
  }

  #changing<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#attempt(() => this.#pool.use((session) => session.transaction(() => work(session))));
  }

  #run<R extends unknown[]>(...asked: Parameters<SessionPool['run']>): Promise<R[]> {
    return this.#attempt(() => this.#pool.run<R>(...asked));
  }

  async find(blobId: Bytes): Promise<StoredBlob | undefined> {
    const [row] = await this.#run<Row>(FIND_BLOB, [blobId]);
    return row && blobOf(row);
  }

  create(
    blob: NewBlob,
    nowSeconds: number,
    { mostBytes, freeBytes }: BlobSpace,
    bounds?: DropBounds,
  ): Promise<BlobCreated> {
    const { blobId, header, length, expiry, downloads, seq, counts, inboxId, sender } = blob;
    return this.#changing(async (session) => {
      await session.run(LOCK_ROOM, []);
      if ((await session.run(FIND_BLOB, [blobId])).length > 0) return 'known';
      const [[, bytes, missing] = [0, 0, 0]] = await session.run<[number, number, number]>(BLOB_TOTALS, []);
      if (bytes + length > mostBytes || missing + length > freeBytes) return 'full';
      if (bounds !== undefined && (await isOver(session, blob, bounds))) return 'over';
      const values = [blobId, header, length, expiry, downloads, seq, counts, inboxId, sender, nowSeconds];
      await session.run(CREATE_BLOB, values);
      return 'created';
    });
  }

  async hasDrop(inboxId: Bytes, sender: Bytes): Promise<boolean> {
    return (await this.#run(HAS_DROP, [inboxId, sender])).length > 0;
  }

  async dropsOf(inboxId: Bytes): Promise<StoredBlob[]> {
    return (await this.#run<Row>(LIST_DROPS, [inboxId])).map((row) => blobOf(row));
  }

  async touch(blobId: Bytes, nowSeconds: number, reached: number): Promise<void> {
    await this.#run(TOUCH_BLOB, [blobId, nowSeconds, reached]);
  }

  async complete(blobId: Bytes): Promise<boolean> {
    return (await this.#run(COMPLETE_BLOB, [blobId])).length === 1;
  }

  async putHeader(current: Bytes, { blobId, header, expiry, downloads, seq }: NewBlob): Promise<boolean> {
    return (await this.#run(PUT_BLOB_HEADER, [blobId, current, header, expiry, downloads, seq])).length === 1;
  }

  take(blobId: Bytes, ticket: Bytes, until: number): Promise<boolean> {
    return this.#changing(async (session) => {
      const [row] = await session.run<LockedRow>(LOCK_BLOB, [blobId]);
      if ((await session.run(KNOWS_TICKET, [blobId, ticket])).length > 0) return true;
      const [state, downloads, taken, counts] = row ?? [-1, 0, 0, false];
      if (state !== COMPLETE || (downloads > 0 && !(counts && taken < downloads))) return false;
      await session.run(TAKE_BLOB, [blobId]);
      await session.run(ADD_TICKET, [blobId, ticket, until]);
      return true;
    });
  }

  async holds(blobId: Bytes, ticket: Bytes, nowSeconds: number): Promise<boolean> {
    return (await this.#run(HOLDS_TICKET, [blobId, ticket, nowSeconds])).length > 0;
  }

  end(blobId: Bytes, ending: BlobEnding, nowSeconds: number): Promise<boolean> {
    return this.#changing(async (session) => {
      const ended = await session.run(END_BLOB, [blobId, STATES.indexOf(ending), nowSeconds]);
      await session.run(DROP_TICKETS, [blobId]);
      return ended.length === 1;
    });
  }

  async due(nowSeconds: number, idleSince: number, limit: number): Promise<{ blobId: Bytes; ending: BlobEnding }[]> {
    const rows = await this.#run<[Bytes, number]>(DUE_BLOBS, [nowSeconds, idleSince, limit]);
    return rows.map(([blobId, ending]) => ({ blobId, ending: STATES[ending] as BlobEnding }));
  }

  async uploading(): Promise<StoredBlob[]> {
    return (await this.#run<Row>(UPLOADING_BLOBS, [])).map((row) => blobOf(row));
  }

  async totals(): Promise<BlobTotals> {
    const [[blobs, bytes, missing] = [0, 0, 0]] = await this.#run<[number, number, number]>(BLOB_TOTALS, []);
    return { blobs, bytes, missing };
  }

  async forget(endedBefore: number): Promise<void> {
    await this.#run(FORGET_BLOBS, [endedBefore]);
  }

  /** The lock is the connection's: it goes with a process that is killed. */
  alone(work: () => Promise<void>): Promise<void> {
    return this.#attempt(() =>
      this.#pool.use(async (session) => {
        const [[isOurs] = [false]] = await session.run<[boolean]>(TRY_SWEEP, []);
        if (!isOurs) return;
        try {
          await work();
        } finally {
          if (!session.isLost) await session.run(LEAVE_SWEEP, []);
        }
      }),
    );
  }

  async sharedKey(fresh: Bytes): Promise<Bytes> {
    const [[key = fresh] = []] = await this.#run<[Bytes]>(SHARED_KEY, [fresh]);
    return key;
  }

  async mark(fresh: Bytes | undefined): Promise<Bytes | undefined> {
    const asked = fresh === undefined ? this.#run<[Bytes]>(FIND_MARK, []) : this.#run<[Bytes]>(SET_MARK, [fresh]);
    return (await asked)[0]?.[0];
  }

  async putMark(mark: Bytes): Promise<void> {
    await this.#run(PUT_MARK, [mark]);
  }

  async list(after: Bytes | undefined, limit: number): Promise<MovedBlob[]> {
    const rows = await this.#run<MovedRow>(LIST_BLOBS, [after ?? FIRST, limit]);
    const [first, last] = [rows.at(0)?.[0], rows.at(-1)?.[0]];
    if (first === undefined || last === undefined) return [];
    const tickets = Map.groupBy(await this.#run<[Bytes, Bytes, number]>(LIST_TICKETS, [first, last]), ([blobId]) =>
      toHex(blobId),
    );
    return rows.map((row) => {
      const own = tickets.get(toHex(row[0])) ?? [];
      return {
        ...blobOf(row),
        touched: row[11],
        reached: row[12],
        tickets: own.map(([, ticket, until]) => ({ ticket, until })),
      };
    });
  }

  import(blobs: readonly MovedBlob[]): Promise<void> {
    return this.#changing(async (session) => {
      for (const { blobId, header, tickets, ...blob } of blobs) {
        await eraseFrom(session, blobId);
        const { length, expiry, downloads, taken, state, seq, counts, inboxId, sender, touched, reached } = blob;
        const numbers = [length, expiry, downloads, taken, STATES.indexOf(state), seq, counts];
        await session.run(IMPORT_BLOB, [blobId, header, ...numbers, inboxId, sender, touched, reached]);
        for (const { ticket, until } of tickets) await session.run(ADD_TICKET, [blobId, ticket, until]);
      }
    });
  }

  erase(blobIds: readonly Bytes[]): Promise<void> {
    return this.#changing(async (session) => {
      for (const blobId of blobIds) await eraseFrom(session, blobId);
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

async function isOver(session: Session, { inboxId, length }: NewBlob, bounds: DropBounds): Promise<boolean> {
  const rows = await session.run<[number, number, number]>(COUNT_DROPS, [inboxId]);
  const [[drops, uploads, bytes] = [0, 0, 0]] = rows;
  const { mostBytes, mostDrops, mostUploads } = bounds;
  return bytes + length > mostBytes || drops >= mostDrops || uploads >= mostUploads;
}

async function eraseFrom(session: Session, blobId: Bytes): Promise<void> {
  await session.run(ERASE_BLOB, [blobId]);
  await session.run(DROP_TICKETS, [blobId]);
}
