import type { AppendEntry, AppendFailure, Store } from '@archipel/relay';
import { describeStore } from '@archipel/relay/store-contract';
import { describe, expect, it } from 'vitest';
import { type Break, CrashableStore, Disk } from '../src/index.ts';

const COMMIT_MS = 1;

for (const kind of ['alone', 'shared'] as const) {
  const prepare = () => {
    const disk = new Disk(kind);
    return {
      open: async () => new CrashableStore(disk, (run) => setTimeout(run, COMMIT_MS)),
      now: () => Math.floor(Date.now() / 1000),
    };
  };
  describeStore(`crashable, ${kind}`, prepare, { isShared: kind === 'shared' });
}

/** A store whose commits wait until they are told to happen. */
async function stepped(disk: Disk) {
  const commits: (() => void)[] = [];
  const store = new CrashableStore(disk, (run) => commits.push(run));
  const docId = new Uint8Array(20).fill(1);
  const created = store.create(docId, new Uint8Array(180), 0);
  commits.shift()?.();
  await created;
  const loading = store.load(docId, 1_000_000);
  commits.shift()?.();
  const loaded = await loading;
  if (typeof loaded === 'string') throw new Error(loaded);
  return { store, ref: loaded.ref, commit: () => commits.shift()?.() };
}

function append(store: Store, ref: AppendEntry['ref'], n: number): (number | AppendFailure)[] {
  const outcomes: (number | AppendFailure)[] = [];
  const entry = { ref, version: 0, session: new Uint8Array(16), n, body: Uint8Array.of(n) };
  store.append({ ...entry, settle: (outcome) => outcomes.push(outcome) });
  return outcomes;
}

describe('a crash of the store', () => {
  it('loses what was not committed, and nobody hears of it', async () => {
    const disk = new Disk();
    const { store, ref, commit } = await stepped(disk);
    const first = append(store, ref, 0);
    commit();
    const second = append(store, ref, 1);
    store.crash();
    commit();
    expect([first.length, second.length]).toEqual([1, 0]);
    expect([...disk.documents.values()].map(({ records }) => records.length)).toEqual([1]);
  });

  it('a failed append takes with it what waits behind it in its document', async () => {
    const disk = new Disk();
    const { store, ref, commit } = await stepped(disk);
    disk.full = true;
    const first = append(store, ref, 0);
    const behind = append(store, ref, 1);
    commit();
    disk.full = false;
    commit();
    expect([first, behind]).toEqual([['disk_full'], ['disk_full']]);
  });
});

describe('a disk that several stores share', () => {
  const DOC_ID = new Uint8Array(20).fill(1);

  /** Two stores that do what they are asked when they are told to. */
  async function two(breaks: () => Break = () => undefined) {
    const disk = new Disk('shared');
    const here: (() => void)[] = [];
    const there: (() => void)[] = [];
    const stores = [
      new CrashableStore(disk, (run) => here.push(run), breaks),
      new CrashableStore(disk, (run) => there.push(run)),
    ] as const;
    disk.create(DOC_ID, new Uint8Array(180), 0);
    const ref = { docId: DOC_ID, num: 1 };
    return { disk, ref, stores, here: () => here.shift()?.(), there: () => there.shift()?.() };
  }

  it('what was done may never be heard of: the process died in between, and the other goes on', async () => {
    const { disk, ref, stores, here, there } = await two();
    const lost = append(stores[0], ref, 0);
    here();
    stores[0].crash();
    here();
    const next = append(stores[1], ref, 1);
    there();
    there();
    expect([lost, next]).toEqual([[], [2]]);
    expect(disk.read(ref, 0, 1000).records.map(({ position }) => position)).toEqual([1, 2]);
  });

  it('the version of an append is the one it had when it left', async () => {
    const { disk, ref, stores, here } = await two();
    const judged = append(stores[0], ref, 0);
    disk.removeRecords(ref, []);
    here();
    here();
    expect(judged).toEqual(['conflict']);
  });

  it('the line breaks before or after something was done, and nobody can tell', async () => {
    const breaks: Break[] = ['before', 'after'];
    const { disk, ref, stores, here } = await two(() => breaks.shift());
    const first = append(stores[0], ref, 0);
    here();
    here();
    const second = append(stores[0], ref, 0);
    here();
    here();
    expect([first, second]).toEqual([['unavailable'], ['unavailable']]);
    expect(disk.read(ref, 0, 1000).records).toHaveLength(1);
  });
});
