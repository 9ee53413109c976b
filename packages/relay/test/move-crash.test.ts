// Documents move between two disks while somebody writes, and the process dies at every call that it makes to them, one after the other.
import type { Bytes } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { finishMove } from '../src/host/offline.ts';
import { systemClock } from '../src/index.ts';
import { Gate } from '../src/store/gate.ts';
import type { SourceUser } from '../src/store/move.ts';
import { moveDocuments } from '../src/store/move.ts';
import type { MovableStore } from '../src/store/moving.ts';
import { describeMovable } from './moving-contract.ts';
import { MovableCrashableStore, MovableDisk } from './support/movable-disk.ts';

const COMMIT_MS = 1;
const PATIENT_MS = 60_000;
const NAMES = { from: 'the one', to: 'the other' };
const dead = new Promise<never>(() => undefined);

for (const kind of ['alone', 'shared'] as const) {
  describeMovable(`crashable, ${kind}`, () => {
    const disk = new MovableDisk(kind, '0123456789abcdef');
    return {
      open: async () => new MovableCrashableStore(disk, (run) => setTimeout(run, COMMIT_MS)),
      now: () => Math.floor(Date.now() / 1000),
    };
  });
}

/** Two disks and what a process did to them before it died. */
class Scene {
  readonly source: MovableDisk;
  readonly target: MovableDisk;
  readonly acknowledged: Bytes[] = [];
  #calls = 0;
  #diesAt: number;
  #isAfter: boolean;
  #die = (): void => undefined;
  readonly death = new Promise<'dead'>((resolve) => {
    this.#die = () => resolve('dead');
  });
  #isDead = false;

  constructor(kinds: ['alone' | 'shared', 'alone' | 'shared'], diesAt: number, isAfter: boolean) {
    this.source = new MovableDisk(kinds[0], 'one');
    this.target = new MovableDisk(kinds[1], 'other');
    this.#diesAt = diesAt;
    this.#isAfter = isAfter;
  }

  get calls(): number {
    return this.#calls;
  }

  open(disk: MovableDisk): MovableStore {
    return new MovableCrashableStore(disk, (run) => queueMicrotask(run));
  }

  /** Every call is counted; at the last one the process dies, before it is done or after. */
  counted(store: MovableStore): MovableStore {
    return new Proxy(store, {
      get: (_store, name: keyof MovableStore) => {
        const call = store[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          if (this.#isDead) return dead;
          this.#calls += 1;
          if (this.#calls !== this.#diesAt) return call.apply(store, args);
          this.#isDead = true;
          const done = this.#isAfter ? Promise.resolve(call.apply(store, args)) : Promise.resolve();
          void done.then(() => this.#die());
          return dead;
        };
      },
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }
}

/** Writes a record into one document and makes another one, whenever the mover does something. */
class Writer implements SourceUser {
  readonly #gate: Gate;
  readonly #scene: Scene;
  readonly #docId: Bytes;
  #n = 0;
  #isSuspended = false;

  constructor(gate: Gate, scene: Scene, docId: Bytes) {
    this.#gate = gate;
    this.#scene = scene;
    this.#docId = docId;
  }

  note = (): Promise<void> => this.#gate.note();
  takeNoted = () => this.#gate.takeNoted();
  get noted(): number {
    return this.#gate.noted;
  }

  async suspend(): Promise<void> {
    this.#isSuspended = true;
    await this.#gate.shut();
  }

  async write(): Promise<void> {
    if (this.#isSuspended || this.#scene.isDead) return;
    const n = this.#n++;
    const body = Uint8Array.of(n >> 8, n & 255, 77);
    const loaded = await this.#gate.load(this.#docId, 1);
    if (typeof loaded === 'string') return;
    const { ref, version } = loaded;
    const settle = (outcome: unknown): void => {
      if (typeof outcome === 'number') this.#scene.acknowledged.push(body);
    };
    this.#gate.append({ ref, version, session: new Uint8Array(16), n, body, settle });
    if (n % 5 === 4) await this.#gate.create(new Uint8Array(20).fill(100 + n), new Uint8Array(180), 0);
  }
}

function idOf(byte: number): Bytes {
  return new Uint8Array(20).fill(byte);
}

async function furnish(store: MovableStore): Promise<void> {
  for (const byte of [1, 2, 3]) {
    await store.create(idOf(byte), new Uint8Array(180).fill(byte), 0);
    const document = await store.load(idOf(byte), 1);
    if (typeof document === 'string') throw new Error(document);
    for (let n = 0; n < 3; n++) {
      const entry = {
        ref: document.ref,
        version: document.version,
        session: idOf(9).subarray(4),
        n,
        body: Uint8Array.of(byte, n),
      };
      await new Promise((settle) => store.append({ ...entry, settle }));
    }
    if (byte === 3) await store.end(document.ref, 'deleted');
  }
}

/** Resolves when the move is done, or the process dead. */
async function run(scene: Scene): Promise<'done' | 'dead'> {
  const bare = scene.open(scene.source);
  await furnish(bare);
  const source = scene.counted(bare);
  const target = scene.counted(scene.open(scene.target));
  // The mover has the store itself, the relay what the gate lets through.
  const user = new Writer(new Gate(bare), scene, idOf(2));
  const busy = new Proxy(source, {
    get:
      (_source, name: keyof MovableStore) =>
      (...args: unknown[]) => {
        void user.write();
        return (source[name] as (...all: unknown[]) => unknown)(...args);
      },
  });
  const moved = moveDocuments({
    source: busy,
    target,
    ...NAMES,
    user,
    clock: { ...systemClock, setTimeout: (work) => queueMicrotask(work) },
    report: () => undefined,
    signal: new AbortController().signal,
    isStopping: () => false,
  });
  return Promise.race([moved.then(() => 'done' as const), scene.death]);
}

const serves = ({ standing }: MovableDisk): boolean => standing.kind === 'serving' || standing.kind === 'leaving';

function bodiesOn({ documents }: MovableDisk): Set<string> {
  return new Set([...documents.values()].flatMap(({ records }) => records.map(({ body }) => String(body))));
}

/** Which of the disks has everything that was acknowledged, and may be opened. */
async function expectOneInCharge(scene: Scene): Promise<void> {
  const { source, target } = scene;
  if (!serves(source) && !serves(target)) {
    await finishMove(scene.open(source), scene.open(target), NAMES);
    expect(serves(source)).toBe(false);
  }
  const inCharge = [source, target].filter(serves);
  // An empty target that nobody has moved to yet is like any empty store.
  const hasAll = inCharge.filter(({ documents }) => documents.size > 0);
  expect(hasAll).toHaveLength(1);
  const bodies = bodiesOn(hasAll[0] as MovableDisk);
  expect(scene.acknowledged.filter((body) => !bodies.has(String(body)))).toEqual([]);
  const states = [1, 2, 3].map(
    (byte) => [...(hasAll[0] as MovableDisk).documents.values()].find(({ ref }) => ref.docId[0] === byte)?.state,
  );
  expect(states).toEqual(['alive', 'alive', 'deleted']);
}

describe.each([
  ['from a store of one process to a shared one', ['alone', 'shared']],
  ['from a shared store to one of one process', ['shared', 'alone']],
] as const)('documents that move %s', (_way, kinds) => {
  it(
    'have one store in charge, with all that was acknowledged, whenever the process dies',
    async () => {
      const calm = new Scene([...kinds], 0, false);
      expect(await run(calm)).toBe('done');
      await expectOneInCharge(calm);
      expect(calm.acknowledged.length).toBeGreaterThan(10);
      let deaths = 0;
      for (const isAfter of [false, true]) {
        for (let diesAt = 1; diesAt <= calm.calls; diesAt++) {
          const scene = new Scene([...kinds], diesAt, isAfter);
          // The same calls come in nearly the same order each time, and near its end it may be done before.
          if ((await run(scene)) === 'dead') deaths += 1;
          await expectOneInCharge(scene);
        }
      }
      expect(deaths).toBeGreaterThan(calm.calls);
    },
    PATIENT_MS,
  );
});
