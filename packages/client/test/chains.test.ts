import { recordHash } from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { createKeys, makeSession, webSuite } from '@archipel/protocol/secret';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChainsContext, OpenedRecord } from '../src/chains.ts';
import { Chains } from '../src/chains.ts';

let verified = 0;
const counting: Suite = {
  ...webSuite,
  verify: (key, message, signature) => {
    verified++;
    return webSuite.verify(key, message, signature);
  },
};
let keys: Keys;
let context: ChainsContext;

beforeEach(async () => {
  keys = await createKeys(webSuite);
  verified = 0;
  context = { suite: counting, keys, writers: { edit: keys.editSigner?.publicKey ?? new Uint8Array() }, gen: 0 };
});

/** A session of so many records, each with its number as plaintext. */
async function sealed(count: number): Promise<Uint8Array[]> {
  const session = makeSession(webSuite, keys, 0, webSuite.random(16));
  const records: Uint8Array[] = [];
  let previous: Uint8Array = new Uint8Array(32);
  for (let n = 0; n < count; n++) {
    const record = await session.sealRecord({ n, previous, deps: [], plaintext: Uint8Array.of(n) });
    previous = recordHash(keys.docId, previous, record);
    records.push(record);
  }
  return records;
}

async function accept(chains: Chains, records: Uint8Array[]): Promise<{ values: number[]; codes: string[] }> {
  const opened: OpenedRecord[] = [];
  const reports = await chains.accept(context, records, (list) => opened.push(...list));
  return { values: opened.map(({ plaintext }) => plaintext[0] ?? -1), codes: reports.map(({ rule }) => rule) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('chains', () => {
  it('REC-5: one signature vouches for the whole chain of a session', async () => {
    const [one, two] = [await sealed(40), await sealed(3)];
    const { values, codes } = await accept(new Chains(), [...one, ...two]);
    expect([values, codes]).toEqual([[...range(0, 40), ...range(0, 3)], []]);
    expect(verified).toBe(2);
  });

  it('REC-5: each record that comes alone is verified by its own signature', async () => {
    const chains = new Chains();
    for (const [n, record] of (await sealed(5)).entries()) {
      expect(await accept(chains, [record])).toEqual({ values: [n], codes: [] });
    }
    expect(verified).toBe(5);
  });

  it('REC-5: a record is not opened when no signature vouches for it', async () => {
    const records = await sealed(3);
    const last = records[2]?.slice() ?? new Uint8Array();
    last[last.length - 1] = (last[last.length - 1] ?? 0) ^ 1;
    const chains = new Chains();
    expect(await accept(chains, [...records.slice(0, 2), last])).toEqual({ values: [0, 1], codes: ['CHK-1'] });
    expect(await accept(chains, [records[2] ?? last])).toEqual({ values: [2], codes: [] });
  });

  it('CHK-2: what comes after a gap is not applied, also within one page', async () => {
    const records = await sealed(6);
    const chains = new Chains();
    const page = [0, 1, 3, 4].map((n) => records[n] ?? new Uint8Array());
    expect(await accept(chains, page)).toEqual({ values: [0, 1], codes: ['CHK-2', 'CHK-2'] });
    expect(await accept(chains, records.slice(2))).toEqual({ values: [2, 3, 4, 5], codes: [] });
  });

  it('CHK-3: what was seen is ignored, within a page and later', async () => {
    const records = await sealed(4);
    const chains = new Chains();
    expect(await accept(chains, [...records, ...records])).toEqual({ values: [0, 1, 2, 3], codes: [] });
    expect(await accept(chains, records)).toEqual({ values: [], codes: [] });
  });

  it('goes on from a head, as after a checkpoint or a reload', async () => {
    const records = await sealed(8);
    const before = new Chains();
    await accept(before, records.slice(0, 5));
    const chains = new Chains();
    for (const head of before.heads) chains.set(head);
    expect(await accept(chains, records.slice(5))).toEqual({ values: [5, 6, 7], codes: [] });
    expect(chains.vector()).toEqual([{ session: before.heads[0]?.session, have: 8 }]);
  });

  it('remembers hashes of the last records only, and does not mistake older ones', async () => {
    const records = await sealed(600);
    const chains = new Chains();
    await accept(chains, records);
    expect(await accept(chains, records)).toEqual({ values: [], codes: [] });
    expect(await accept(chains, records.slice(590))).toEqual({ values: [], codes: [] });
  });

  it('names what moved since the last record, at most 32 sessions, and the rest next time', async () => {
    const chains = new Chains();
    for (let session = 0; session < 40; session++) await accept(chains, await sealed(2));
    const own = webSuite.random(16);
    const [first, second, third] = [chains.takeDeps(own), chains.takeDeps(own), chains.takeDeps(own)];
    expect([first.length, second.length, third.length]).toEqual([32, 8, 0]);
    expect(new Set([...first, ...second].map(({ session }) => session.join())).size).toBe(40);
    expect(first.every(({ n }) => n === 1)).toBe(true);
  });

  it('CKP-6: of an own session whose rest is sealed again the relay may bring more, which is known; we claim no more than it had', async () => {
    const chains = new Chains();
    const records = await sealed(3);
    await accept(chains, records);
    const [head] = chains.heads;
    chains.truncate(head?.session ?? new Uint8Array(), 1);
    expect(chains.vector()).toEqual([{ session: head?.session, have: 1 }]);
    expect(await accept(chains, records.slice(1))).toEqual({ values: [], codes: [] });
    chains.truncate(head?.session ?? new Uint8Array(), 0);
    expect(chains.vector()).toEqual([]);
  });

  it('REC-6: a session that was retired is not missed, however much of it is known', async () => {
    const chains = new Chains();
    await accept(chains, await sealed(2));
    chains.forget(() => true);
    expect(chains.heads).toEqual([]);
  });
});
