import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { leavePlaced, takePlaced } from '../src/shell/placed.ts';

const PLACED = { relays: [{ hostId: 'a'.repeat(40), url: 'https://a.example' }], voucher: 'AAEC', receipt: 'once' };
const NOW = 1_000_000;

/** What a tab keeps. */
class TabMemory {
  readonly #kept = new Map<string, string>();
  setItem = (key: string, value: string): void => void this.#kept.set(key, value);
  getItem = (key: string): string | null => this.#kept.get(key) ?? null;
  removeItem = (key: string): void => void this.#kept.delete(key);
}

let memory: TabMemory;

beforeEach(() => {
  memory = new TabMemory();
  vi.stubGlobal('sessionStorage', memory);
  onTestFinished(() => void vi.unstubAllGlobals());
});

describe('what the first page found for the page that makes the document', () => {
  it('is taken once, and only what that page needs', () => {
    const relays = PLACED.relays.map((relay) => ({ ...relay, name: 'A', country: 'FR' }));
    expect(leavePlaced({ ...PLACED, relays }, NOW)).toBe(true);
    expect(takePlaced(NOW + 1000)).toMatchObject(PLACED);
    expect(takePlaced(NOW + 1000)).toBeUndefined();
  });

  it('is nothing after a minute, as the room that was kept is gone by then', () => {
    leavePlaced(PLACED, NOW);
    expect(takePlaced(NOW + 60_000)).toBeUndefined();
  });

  it('is nothing when another program wrote there, or the browser keeps nothing', () => {
    memory.setItem('archipel.placed', '{');
    expect(takePlaced(NOW)).toBeUndefined();
    vi.stubGlobal('sessionStorage', undefined);
    expect(leavePlaced(PLACED, NOW)).toBe(false);
    expect(takePlaced(NOW)).toBeUndefined();
  });
});
