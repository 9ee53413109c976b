// Documents move from SQLite to PostgreSQL and back, with and without people who change them meanwhile, and with crashes.
import type { Bytes } from '@archipel/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { finishMove } from '../src/host/offline.ts';
import { silentLog, systemClock } from '../src/index.ts';
import { Gate } from '../src/store/gate.ts';
import type { MoveDone, MoveOptions, SourceUser } from '../src/store/move.ts';
import { moveDocuments } from '../src/store/move.ts';
import type { DocumentState, MovableStore, OpenedBy } from '../src/store/moving.ts';
import { openPostgresStore } from '../src/store/postgres.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { Store, StoredDocument } from '../src/store/store.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder } from './support/relay.ts';
import { append, basisOf, bytes, checkpoint, create, found, HOUR_SECONDS, PAGE_BYTES } from './support/stores.ts';

const database = await testDatabase();
let schemas = 0;

/** A store that can be opened again and again; `name` as a move calls it. */
interface TestStore {
  name: string;
  open(by?: OpenedBy): Promise<MovableStore>;
}

function sqlite(): TestStore {
  const folder = makeFolder();
  const common = { maxBytes: 0, minFreeBytes: 0, tombstoneDays: 365, commitIntervalMs: 5 };
  return {
    name: `the data folder ${folder}`,
    open: (by) => openSqliteStore({ ...common, folder, clock: systemClock, log: silentLog }, by),
  };
}

function postgres(): TestStore {
  schemas += 1;
  const options = {
    url: database.url,
    schema: `moved_${schemas}`,
    tombstoneDays: 365,
    clock: systemClock,
    log: silentLog,
  };
  return { name: `the database ${database.url}`, open: (by) => openPostgresStore(options, by) };
}

const WAYS: [name: string, from: () => TestStore, to: () => TestStore][] = [
  ['from SQLite to PostgreSQL', sqlite, postgres],
  ['from PostgreSQL to SQLite', postgres, sqlite],
];

async function closing(store: Promise<MovableStore>): Promise<MovableStore> {
  const opened = await store;
  onTestFinished(() => opened.close());
  return opened;
}

interface Pair {
  source: MovableStore;
  target: MovableStore;
}

async function openPair(from: TestStore, to: TestStore): Promise<Pair> {
  return { source: await closing(from.open()), target: await closing(to.open('mover')) };
}

function move(
  { source, target }: Pair,
  from: TestStore,
  to: TestStore,
  changes: Partial<MoveOptions> = {},
): Promise<MoveDone> {
  return moveDocuments({
    source,
    target,
    from: from.name,
    to: to.name,
    user: undefined,
    clock: systemClock,
    report: () => undefined,
    signal: new AbortController().signal,
    isStopping: () => false,
    ...changes,
  });
}

/** Everything that a store has: states and bodies, document by document. */
async function contentsOf(store: MovableStore): Promise<Map<string, { state: DocumentState; bodies: Bytes[] }>> {
  const contents = new Map<string, { state: DocumentState; bodies: Bytes[] }>();
  for (const docId of found<Bytes[]>(await store.list(undefined, 10_000))) {
    const { state, ref } = found<{ state: DocumentState; ref: { docId: Bytes; num: number } }>(
      await store.describe(docId, 0),
    );
    const bodies: Bytes[] = [];
    for (let after = 0; bodies.length < state.records; ) {
      const page = found(await store.read(ref, after, PAGE_BYTES));
      bodies.push(...page.records.map(({ body }) => body));
      after = page.records.at(-1)?.position ?? after;
    }
    contents.set(Buffer.from(docId).toString('hex'), { state, bodies });
  }
  return contents;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** A body that differs from all others. */
function body(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}

async function write(store: Store, document: StoredDocument, count: number, size = 80): Promise<number[]> {
  const session = body(16);
  const settled = Array.from({ length: count }, (_, n) => append(store, document, n, body(size), session));
  return (await Promise.all(settled)).map((outcome) => found<number>(outcome));
}

/** One of each kind: empty, with history and two checkpoints and purges to come, erased, large, deleted, expired, about to expire. */
async function furnish(store: MovableStore): Promise<StoredDocument> {
  await create(store, now() + HOUR_SECONDS);
  const full = await create(store);
  const positions = await write(store, full, 30);
  const { ref, version } = full;
  const [tenth, last] = [positions[10] as number, positions[29] as number];
  const due = now() + HOUR_SECONDS;
  const next = found<number>(await store.putCheckpoint(ref, checkpoint(1, tenth), due, basisOf({ ref, version })));
  await store.putCheckpoint(ref, checkpoint(2, last), due + 60, basisOf({ ref, version: next }));
  const erased = await create(store);
  const erasedPositions = await write(store, erased, 5);
  const tailFrom = (erasedPositions[4] as number) + 1;
  await store.putCheckpoint(erased.ref, checkpoint(1, tailFrom), 0, basisOf(erased));
  await store.eraseHistory(erased.ref, []);
  await write(store, await create(store), 900, 1500);
  const deleted = await create(store);
  await write(store, deleted, 3);
  await store.end(deleted.ref, 'deleted');
  await create(store, now() - 1);
  await store.sweep(now(), 10);
  return full;
}

describe.each(WAYS)('a move %s', (_way, makeFrom, makeTo) => {
  it('takes everything along: headers, expiry, checkpoints, history, purges, tombstones', async () => {
    const [from, to] = [makeFrom(), makeTo()];
    const pair = await openPair(from, to);
    await furnish(pair.source);
    const before = await contentsOf(pair.source);
    const done = await move(pair, from, to);
    expect(done).toMatchObject({ documents: before.size, total: before.size, records: 930 });
    expect(await contentsOf(pair.target)).toEqual(before);
    await Promise.all([pair.source.close(), pair.target.close()]);
    await expect(from.open()).rejects.toThrow(`were moved to ${to.name} at`);
    const served = await closing(to.open());
    const states = [...before.values()].map(({ state }) => state.state);
    expect(states.sort()).toEqual(['alive', 'alive', 'alive', 'alive', 'deleted', 'expired']);
    // As any other: what is written comes behind all that moved.
    for (const [id, { bodies }] of before) {
      const stored = await served.load(Buffer.from(id, 'hex'), PAGE_BYTES);
      if (typeof stored === 'string') continue;
      const [position] = await write(served, stored, 1);
      const all = found(await served.read(stored.ref, 0, PAGE_BYTES * 4)).records;
      expect([all.at(-1)?.position, all.length]).toEqual([position, bodies.length + 1]);
    }
  });

  it('and back again, though the first store has old copies of everything', async () => {
    const [from, to] = [makeFrom(), makeTo()];
    const there = await openPair(from, to);
    await furnish(there.source);
    await move(there, from, to);
    await Promise.all([there.source.close(), there.target.close()]);
    const back = await openPair(to, from);
    const gone = found<Bytes[]>(await back.source.list(undefined, 1))[0] as Bytes;
    const stored = await back.source.load(gone, PAGE_BYTES);
    if (typeof stored !== 'string') await back.source.end(stored.ref, 'deleted');
    await write(back.source, await create(back.source), 4);
    const before = await contentsOf(back.source);
    await move(back, to, from);
    expect(await contentsOf(back.target)).toEqual(before);
  });

  it('misses nothing of what changes meanwhile', { timeout: 60_000 }, async () => {
    const [from, to] = [makeFrom(), makeTo()];
    const pair = await openPair(from, to);
    const full = await furnish(pair.source);
    const gate = new Gate(pair.source);
    const people = new People(gate, full);
    const moving = move(pair, from, to, { user: people });
    people.start();
    const done = await moving;
    expect(await gate.sweep(now(), 1)).toBe('unavailable');
    const contents = await contentsOf(pair.target);
    expect(people.acknowledged.length).toBeGreaterThan(20);
    const arrived = new Set(
      [...contents.values()].flatMap(({ bodies }) => bodies.map((one) => Buffer.from(one).toString('hex'))),
    );
    expect(people.acknowledged.filter((one) => !arrived.has(Buffer.from(one).toString('hex')))).toEqual([]);
    expect(contents).toEqual(await contentsOf(pair.source));
    expect(contents.size).toBeGreaterThan(done.total);
    for (const id of people.ended) expect(contents.get(id)?.state.state).toBe('deleted');
  });
});

/** Changes documents in every way, as fast as the store answers, until they are suspended. */
class People implements SourceUser {
  readonly acknowledged: Bytes[] = [];
  readonly ended = new Set<string>();
  readonly #gate: Gate;
  readonly #full: StoredDocument;
  #isSuspended = false;
  #working: Promise<unknown> = Promise.resolve();

  constructor(gate: Gate, full: StoredDocument) {
    this.#gate = gate;
    this.#full = full;
  }

  start(): void {
    const typists = Array.from({ length: 3 }, () => this.#repeat((n) => this.#type(n)));
    this.#working = Promise.all([...typists, this.#repeat((n) => this.#govern(n)), this.#repeat((n) => this.#come(n))]);
  }

  note = (): Promise<void> => this.#gate.note();
  takeNoted = () => this.#gate.takeNoted();
  get noted(): number {
    return this.#gate.noted;
  }

  async suspend(): Promise<void> {
    this.#isSuspended = true;
    await this.#gate.shut();
    await this.#working;
  }

  async #repeat(work: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; !this.#isSuspended; n++) {
      await work(n);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #loaded(docId: Bytes): Promise<StoredDocument | undefined> {
    const document = await this.#gate.load(docId, 1);
    return typeof document === 'string' ? undefined : document;
  }

  async #type(n: number): Promise<void> {
    const document = await this.#loaded(this.#full.ref.docId);
    if (document === undefined) return;
    const typed = body(100);
    const outcome = await append(this.#gate, document, n, typed, body(16));
    if (typeof outcome === 'number') this.acknowledged.push(typed);
  }

  /** The owner of the busy document. */
  async #govern(n: number): Promise<void> {
    const document = await this.#loaded(this.#full.ref.docId);
    if (document === undefined) return;
    const { ref, header, checkpoint: last } = document;
    if (n % 3 === 0) await this.#gate.putHeader(ref, header, bytes(190, n % 256), now() + HOUR_SECONDS + n);
    else if (n % 3 === 1 && last !== undefined) {
      const next = { ...last, seq: last.seq + 1, body: body(300) };
      await this.#gate.putCheckpoint(ref, next, now() + HOUR_SECONDS, basisOf(document));
    }
  }

  /** Somebody makes a document, writes, and sometimes removes it. */
  async #come(n: number): Promise<void> {
    const docId = body(20);
    if ((await this.#gate.create(docId, bytes(180, 1), 0)) !== 'created') return;
    const document = await this.#loaded(docId);
    if (document === undefined) return;
    const typed = body(50);
    const outcome = await append(this.#gate, document, 0, typed);
    if (n % 3 > 0) return void (typeof outcome === 'number' && this.acknowledged.push(typed));
    if ((await this.#gate.end(document.ref, 'deleted')) === 'ended') this.ended.add(Buffer.from(docId).toString('hex'));
  }
}

class Crash extends Error {}

type Method = 'import' | 'describe' | 'setStanding' | 'clear' | 'count' | 'list' | 'read';

/** The process ends at a call: before it is done or after; from then on nothing is done any more. */
class Crasher {
  #isDead = false;

  over(store: MovableStore, method: Method, matches: (...args: never[]) => boolean, isDone: boolean): MovableStore {
    return new Proxy(store, {
      get: (_store, name: keyof MovableStore) => {
        const call = (store[name] as (...args: never[]) => unknown).bind(store);
        if (typeof store[name] !== 'function') return store[name];
        return async (...args: never[]) => {
          if (this.#isDead) throw new Crash();
          if (name !== method || !matches(...args)) return call(...args);
          if (isDone) await call(...args);
          this.#isDead = true;
          throw new Crash();
        };
      },
    });
  }

  alive(store: MovableStore): MovableStore {
    return this.over(store, 'list', () => false, false);
  }
}

const stands =
  (kind: string) =>
  (standing: { kind: string }): boolean =>
    standing.kind === kind;
const always = (): boolean => true;

type Served = 'source' | 'target' | 'nobody';
interface CrashPoint {
  where: 'source' | 'target';
  method: Method;
  matches: (...args: never[]) => boolean;
  isDone: boolean;
  served: Served;
}
/** move-crash.test.ts ends it at every call; here are those at which real stores differ. */
const CRASHES: [when: string, point: CrashPoint][] = [
  [
    'while a document is copied',
    { where: 'target', method: 'import', matches: always, isDone: true, served: 'source' },
  ],
  [
    'when the source is closed to writes',
    { where: 'source', method: 'setStanding', matches: stands('leaving'), isDone: true, served: 'source' },
  ],
  [
    'when the target has everything',
    { where: 'target', method: 'setStanding', matches: stands('filled'), isDone: true, served: 'source' },
  ],
  [
    'when the source has left',
    { where: 'source', method: 'setStanding', matches: stands('left'), isDone: true, served: 'nobody' },
  ],
  [
    'when the target serves',
    { where: 'target', method: 'setStanding', matches: stands('serving'), isDone: true, served: 'target' },
  ],
];

describe.each(WAYS)('a process that ends while documents move %s', (_way, makeFrom, makeTo) => {
  it.each(CRASHES)('%s: one of the stores serves, or the move can be finished', async (_when, point) => {
    const { where, method, matches, isDone, served } = point;
    const [from, to] = [makeFrom(), makeTo()];
    const { source, target } = await openPair(from, to);
    await write(source, await create(source), 5);
    const contents = await contentsOf(source);
    const crasher = new Crasher();
    const pair = {
      source: where === 'source' ? crasher.over(source, method, matches, isDone) : crasher.alive(source),
      target: where === 'target' ? crasher.over(target, method, matches, isDone) : crasher.alive(target),
    };
    await expect(move(pair, from, to)).rejects.toThrow(Crash);
    await Promise.all([source.close(), target.close()]);
    await expectServed(from, to, served, contents);
  });
});

/** Which of them a host can open, and that everything is there; `nobody`: the same move again finishes it. */
async function expectServed(from: TestStore, to: TestStore, served: Served, contents: unknown): Promise<void> {
  const opened = async (store: TestStore): Promise<boolean> => {
    const outcome = await store.open().catch((error: Error) => error);
    if (outcome instanceof Error) return false;
    expect(await contentsOf(outcome)).toEqual(contents);
    await outcome.close();
    return true;
  };
  expect([await opened(from), await opened(to)]).toEqual([served === 'source', served === 'target']);
  const { source, target } = { source: await from.open('mover'), target: await to.open('mover') };
  if (served === 'source') await move({ source, target }, from, to);
  else await finishMove(source, target, { from: from.name, to: to.name });
  await Promise.all([source.close(), target.close()]);
  expect([await opened(from), await opened(to)]).toEqual([false, true]);
}

it('copies a document by one lane at a time, though it is noted and was restless', async () => {
  const [from, to] = [sqlite(), sqlite()];
  const pair = await openPair(from, to);
  const document = await create(pair.source);
  await write(pair.source, document, 3);
  let looks = 0;
  const restless = over(pair.source, 'describe', async (...args) => {
    const described = await pair.source.describe(...args);
    looks += 1;
    // Another expiry each time that it is looked at, for a while.
    return typeof described === 'string' || looks > 20
      ? described
      : { ...described, state: { ...described.state, expiry: looks } };
  });
  const copying = new Set<string>();
  const watched = over(pair.target, 'import', async (piece) => {
    const key = Buffer.from(piece.docId).toString('hex');
    expect(copying.has(key)).toBe(false);
    copying.add(key);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const taken = await pair.target.import(piece);
    copying.delete(key);
    return taken;
  });
  const noted = [{ docId: document.ref.docId, change: 'grown' as const }];
  const nothing = (): Promise<void> => Promise.resolve();
  const user = { note: nothing, suspend: nothing, noted: 1, takeNoted: () => (looks > 30 ? [] : noted) };
  Object.defineProperty(user, 'noted', { get: () => user.takeNoted().length });
  await move({ source: restless, target: watched }, from, to, { user });
  expect(await contentsOf(pair.target)).toEqual(await contentsOf(pair.source));
});

/** A store that does one thing otherwise. */
function over<M extends keyof MovableStore>(store: MovableStore, method: M, work: MovableStore[M]): MovableStore {
  return new Proxy(store, {
    get: (_store, name: keyof MovableStore) =>
      name === method ? work : ((store[name] as () => unknown).bind?.(store) ?? store[name]),
  });
}

describe('a move that fails', () => {
  it('leaves the source in charge and the target as it was', async () => {
    const [from, to] = [sqlite(), sqlite()];
    const pair = await openPair(from, to);
    await furnish(pair.source);
    const refusing = over(pair.target, 'import', async () => 'disk_full');
    await expect(move({ ...pair, target: refusing }, from, to)).rejects.toThrow(
      /There is no room left in the data folder/,
    );
    expect(await pair.source.standing()).toMatchObject({ kind: 'serving' });
    expect(await pair.target.standing()).toMatchObject({ kind: 'serving' });
    expect(await pair.target.count()).toBe(0);
    await move(pair, from, to);
  });

  it('is cancelled at once, and can be begun again', async () => {
    const [from, to] = [sqlite(), sqlite()];
    const pair = await openPair(from, to);
    await furnish(pair.source);
    const cancelling = new AbortController();
    const report = ({ documents }: { documents: number }): void => void (documents === 2 && cancelling.abort());
    await expect(move(pair, from, to, { report, signal: cancelling.signal })).rejects.toThrow(/^Cancelled/);
    expect([await pair.target.count(), (await pair.target.standing()) as object]).toMatchObject([
      0,
      { kind: 'serving' },
    ]);
    await move(pair, from, to);
  });

  it('does not touch a store that has documents of its own, is the same, or belongs to a move that was interrupted', async () => {
    const [from, to] = [sqlite(), sqlite()];
    const pair = await openPair(from, to);
    await create(pair.target);
    await expect(move(pair, from, to)).rejects.toThrow(
      /^There are documents in .* already: they move to an empty store only/,
    );
    expect(await pair.target.count()).toBe(1);
    await expect(move({ ...pair, target: pair.source }, from, from)).rejects.toThrow(/already\.$/);
    await pair.target.clear();
    const { changes } = found<{ changes: number }>(await pair.target.standing());
    await pair.target.setStanding({ kind: 'filled', move: 'another.1', place: 'elsewhere', at: 0 }, changes);
    await expect(move(pair, from, to)).rejects.toThrow(/^The move from elsewhere to .* was interrupted/);
  });

  it('a store that other processes have open does not move', async () => {
    const [from, to] = [postgres(), sqlite()];
    const pair = await openPair(from, to);
    const other = await from.open();
    await expect(move(pair, from, to)).rejects.toThrow(/^Another Archipel uses the database .*: stop all but one/);
    await other.close();
    await move(pair, from, to);
  });
});
