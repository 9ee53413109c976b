import type { Vector } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { HeadMemory } from '../src/head-memory.ts';

const session = (fill: number): Uint8Array => new Uint8Array(16).fill(fill);
/** A vector of sessions that go so far each. */
const vector = (...fills: number[]): Vector => fills.map((fill) => ({ session: session(fill), have: 3 }));

function memory(): HeadMemory {
  const stored = new Map<string, Uint8Array>();
  return new HeadMemory(
    {
      get: async (key) => stored.get(key),
      put: async (key, value) => void stored.set(key, value),
    },
    'head',
  );
}

describe('the head memory', () => {
  it('CHK-4: a session that was retired is not missed again, though the program still knows of it', () => {
    const heads = memory();
    heads.sawRecords(vector(1, 2));
    expect(heads.behind({ checkpointSeq: 2, vector: vector(1) })).toBeUndefined();
    expect(heads.proven({ seq: 2, retired: 1 })).toBeUndefined();
    expect(heads.isRetired(session(2))).toBe(true);
    heads.sawRecords(vector(1, 2));
    expect(heads.behind({ checkpointSeq: 2, vector: vector(1) })).toBeUndefined();
    expect(heads.proven({ seq: 2, retired: 1 })).toBeUndefined();
    expect(heads.behind({ checkpointSeq: 2, vector: [] })).toMatch(/0 records after 3/);
  });

  it('CHK-4: a checkpoint made after the relay answered may retire what the answer still named', () => {
    const heads = memory();
    heads.sawRecords(vector(1, 2, 3));
    expect(heads.behind({ checkpointSeq: 1, vector: vector(1, 2, 3) })).toBeUndefined();
    expect(heads.proven({ seq: 2, retired: 1 })).toBeUndefined();
    expect(heads.behind({ checkpointSeq: 2, vector: vector(1, 2) })).toBeUndefined();
    expect(heads.proven({ seq: 2, retired: 1 })).toBeUndefined();
    expect(heads.behind({ checkpointSeq: 3, vector: vector(1) })).toBeUndefined();
    expect(heads.proven({ seq: 3, retired: 1 })).toMatch(/0 records after 3/);
  });
});
