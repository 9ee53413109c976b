import type { AppendEntry, Store, StoreFailure } from '@archipel/relay';
import { describeStore } from '@archipel/relay/store-contract';
import { describe, expect, it } from 'vitest';
import { CrashableStore, Disk } from '../src/index.ts';

const COMMIT_MS = 1;

describeStore('crashable', () => {
  const disk = new Disk();
  return {
    open: async () => new CrashableStore(disk, (run) => setTimeout(run, COMMIT_MS)),
    now: () => Math.floor(Date.now() / 1000),
  };
});

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

function append(store: Store, ref: AppendEntry['ref'], n: number): (number | StoreFailure)[] {
  const outcomes: (number | StoreFailure)[] = [];
  const entry = { ref, session: new Uint8Array(16), n, body: Uint8Array.of(n) };
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
