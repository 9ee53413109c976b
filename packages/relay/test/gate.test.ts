import { describe, expect, it } from 'vitest';
import { Gate } from '../src/store/gate.ts';
import type { AppendEntry, Store } from '../src/store/store.ts';

const REF = { docId: new Uint8Array(20).fill(1), num: 1 };

/** A store that does nothing until it is told to. */
class SlowStore {
  readonly appended: AppendEntry[] = [];
  readonly asked: ((answer: unknown) => void)[] = [];

  append(entry: AppendEntry): void {
    this.appended.push(entry);
  }

  readonly #ask = (): Promise<unknown> => new Promise((resolve) => this.asked.push(resolve));
  putHeader = this.#ask;
  end = this.#ask;
  sweep = this.#ask;
  read = this.#ask;
}

function scene() {
  const slow = new SlowStore();
  const gate = new Gate(slow as unknown as Store);
  const settled: unknown[] = [];
  let version = 1;
  const entry: AppendEntry = {
    ref: REF,
    session: new Uint8Array(16),
    n: 0,
    body: new Uint8Array(3),
    get version() {
      return version;
    },
    settle: (outcome) => void settled.push(outcome),
  };
  const renew = (): void => {
    version += 1;
  };
  return { slow, gate, entry, settled, renew };
}

const changesOf = (gate: Gate): string[] => gate.takeNoted().map(({ change }) => change);

describe('the gate before a store', () => {
  it('notes a change when it begins and again when it is there, and only while it is asked to', async () => {
    const { slow, gate, entry } = scene();
    gate.append(entry);
    expect(gate.noted).toBe(0);
    await gate.note();
    gate.append(entry);
    expect([changesOf(gate), gate.noted]).toEqual([['grown'], 0]);
    slow.appended[1]?.settle(7);
    expect(changesOf(gate)).toEqual(['grown']);
    const put = gate.putHeader(REF, new Uint8Array(1), new Uint8Array(2), 0);
    expect(changesOf(gate)).toEqual(['grown']);
    slow.asked[0]?.(2);
    expect([await put, changesOf(gate)]).toEqual([2, ['grown']]);
    gate.stopNoting();
    slow.appended[0]?.settle(8);
    expect(gate.noted).toBe(0);
  });

  it('notes what was under way when it began to', async () => {
    const { slow, gate, entry, settled } = scene();
    gate.append(entry);
    await gate.note();
    slow.appended[0]?.settle(7);
    expect([settled, changesOf(gate)]).toEqual([[7], ['grown']]);
  });

  it('keeps in mind that a document may have fewer records, whatever else happened to it', async () => {
    const { slow, gate, entry } = scene();
    await gate.note();
    void gate.end(REF, 'deleted');
    gate.append(entry);
    slow.appended[0]?.settle(7);
    expect(changesOf(gate)).toEqual(['changed']);
  });

  it('waits for a sweep before it notes, and sweeps nothing while it does', async () => {
    const { slow, gate } = scene();
    const swept = gate.sweep(5, 10);
    let isNoting = false;
    const noting = gate.note().then(() => {
      isNoting = true;
    });
    await Promise.resolve();
    expect(isNoting).toBe(false);
    slow.asked[0]?.({ expired: 3, more: false });
    await noting;
    expect(await swept).toEqual({ expired: 3, more: false });
    expect(await gate.sweep(5, 10)).toEqual({ expired: 0, more: false });
    expect(slow.asked).toHaveLength(1);
  });

  it('asks for the version of a record when the store does', () => {
    const { slow, gate, entry, renew } = scene();
    gate.append(entry);
    renew();
    expect(slow.appended[0]?.version).toBe(2);
  });

  it('once shut lets end what is under way, and nothing else through', async () => {
    const { slow, gate, entry, settled } = scene();
    gate.append(entry);
    const put = gate.putHeader(REF, new Uint8Array(1), new Uint8Array(2), 0);
    let isQuiet = false;
    const shut = gate.shut().then(() => {
      isQuiet = true;
    });
    gate.append(entry);
    expect(settled).toEqual(['unavailable']);
    slow.appended[0]?.settle(7);
    await Promise.resolve();
    expect(isQuiet).toBe(false);
    slow.asked[0]?.(2);
    await shut;
    expect([await put, settled]).toEqual([2, ['unavailable', 7]]);
    expect(await gate.end(REF, 'deleted')).toBe('unavailable');
    expect(await gate.read(REF, 0, 1)).toBe('unavailable');
    expect(await gate.sweep(5, 10)).toBe('unavailable');
    expect([slow.appended.length, slow.asked.length]).toEqual([1, 1]);
  });
});
