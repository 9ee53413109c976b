// What a client makes of who counts the downloads of a drop, and whom it names when its owner allows more.
import { type BlobHeader, encodeBase64url } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { countingIn } from '../src/drop/counting.ts';
import { allowanceFor, counterFor, type DropCounting, leftOf } from '../src/drop/index.ts';

const hostId = new Uint8Array(20).fill(5);
const other = new Uint8Array(20).fill(6);
const id = encodeBase64url(hostId);

const said = (text: string): DropCounting | undefined =>
  countingIn({ headers: new Headers(text === '' ? {} : { 'archipel-counting': text }) });

function drop(downloads: number, taken: number, counting?: Partial<DropCounting>, counter?: BlobHeader['counter']) {
  const header = { seq: 1, downloads, ...(counter && { counter }) } as BlobHeader;
  return {
    header,
    taken,
    counting: counting && ({ hostId, left: 0, apart: 0, at: 'here', ...counting } as DropCounting),
  };
}

describe('who counts', () => {
  it('[COPY-11] is read in its form alone', () => {
    expect(said(`${id} gone 2 3`)).toEqual({ hostId, at: 'gone', left: 2, apart: 3 });
    const others = ['', id, `${id} gone 2`, `${id} gone 2 3 4`, `${id} lost 2 3`, `${id} gone -1 3`, `${id}  gone 2 3`];
    for (const text of [...others, `${id.slice(1)} gone 2 3`, `${id}A gone 2 3`, `${id} gone 2 1e9`])
      expect(said(text), text).toBeUndefined();
  });

  it('[COPY-10] how often it can be taken yet leaves out what counts as used', () => {
    expect(leftOf(drop(0, 9))).toBeUndefined();
    expect(leftOf(drop(5, 2))).toBe(3);
    expect(leftOf(drop(8, 2, { at: 'here', apart: 3, left: 3 }))).toBe(3);
    expect(leftOf(drop(5, 2, { at: 'away', apart: 2, left: 1 }))).toBe(3);
    expect(leftOf(drop(2, 3))).toBe(0);
    expect(allowanceFor(drop(8, 2, { at: 'here', apart: 3 }), 4)).toBe(9);
  });

  it('[COPY-10] the host that is asked is named when the one that counts is gone and more is allowed than is left', () => {
    const gone = drop(6, 1, { at: 'gone', left: 2, apart: 3 });
    expect(counterFor(gone, 9)).toEqual({ hostId, more: 3 });
    // Later ends, fewer downloads, or as many as people want: whoever is away may come back and go on.
    for (const downloads of [6, 5, 0]) expect(counterFor(gone, downloads)).toBeUndefined();
    for (const at of ['away', 'there', 'here'] as const)
      expect(counterFor(drop(6, 1, { at, left: 2, apart: 3 }), 9)).toBeUndefined();
    expect(counterFor(drop(6, 1), 9)).toBeUndefined();
  });

  it('[COPY-10] one that was named is named on, or whoever has the count from it', () => {
    const counter = { hostId: other, more: 4 };
    expect(counterFor(drop(6, 1, { at: 'there' }, counter), 9)).toEqual({ hostId: other, more: 0 });
    expect(counterFor(drop(6, 1, { at: 'here' }, counter), 9)).toEqual({ hostId, more: 0 });
    expect(counterFor(drop(6, 1, undefined, counter), 6)).toEqual({ hostId: other, more: 0 });
  });
});
