import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, concat, fromHex, toHex } from '../src/index.ts';
import {
  chunksOf,
  nobleSuite,
  openChunks,
  openedSize,
  openMessage,
  SEALED_CHUNK_BYTES,
  STREAM_HEADER_BYTES,
  Stream,
  sealChunks,
  sealedSize,
  sealMessage,
} from '../src/secret/index.ts';
import { SUITES } from './suites.ts';

const NONE = new Uint8Array(0);
const CHUNK = 16 * 1024;
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);

interface Published {
  tcId: number;
  comment: string;
  key?: string;
  context?: string;
  ct: string;
  msgSha512?: string;
  error?: string;
}
const PUBLISHED_KEY = '59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e';
const published = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../testdata/chunked-encryption/cobblestone-256.json'), 'utf8'),
) as Published[];

const hex = (text: string): Bytes => fromHex(text) as Bytes;

describe('the published vectors of chunked encryption', () => {
  it.each(published)('[STREAM-1, STREAM-2, STREAM-3] $tcId: $comment', async ({ key, context, ct, ...expected }) => {
    const sealed = new Uint8Array(inflateSync(hex(ct)));
    for (const { suite } of SUITES) {
      const opened = await openMessage(suite, hex(key ?? PUBLISHED_KEY), hex(context ?? ''), sealed);
      if (expected.error !== undefined) expect(opened).toEqual({ ok: false, error: expected.error });
      else
        expect(opened.ok && createHash('sha512').update(opened.value).digest('hex')).toBe(expected.msgSha512 as string);
    }
  });

  it('are sealed to the very same bytes', async () => {
    const one = published.find(({ tcId }) => tcId === 3) as Published;
    const sealed = new Uint8Array(inflateSync(hex(one.ct)));
    const plain = await openMessage(nobleSuite, hex(PUBLISHED_KEY), NONE, sealed);
    if (!plain.ok) throw new Error(plain.error);
    const stream = await Stream.derive(nobleSuite, hex(PUBLISHED_KEY), sealed.slice(0, 24), NONE);
    expect(toHex(concat(stream.header, await sealChunks(stream, 0, plain.value, true)))).toBe(toHex(sealed));
  });
});

async function sealedOf(stream: Stream, number: number): Promise<string> {
  const target = new Uint8Array(16);
  await stream.seal(number, NONE, target);
  return toHex(target);
}

describe('sizes of streams', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * 2 ** 30])('of %i bytes are inverse', (size) => {
    expect(openedSize(sealedSize(size))).toBe(size);
  });

  it('[STREAM-2] lengths that no message has', () => {
    for (const length of [0, 55, 56, 71, 56 + SEALED_CHUNK_BYTES, 56 + SEALED_CHUNK_BYTES + 15]) {
      expect(openedSize(length)).toBeUndefined();
    }
  });
});

describe.each(SUITES)('streams by $name', ({ suite }) => {
  it('open to what was sealed, whatever the size', async () => {
    const size = fc.oneof(fc.nat(100), fc.constantFrom(CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7));
    await fc.assert(
      fc.asyncProperty(size, fc.uint8Array({ maxLength: 20 }), async (length, context) => {
        const plain = Uint8Array.from({ length }, (_, i) => i % 251);
        const sealed = await sealMessage(suite, KEY, context, plain);
        expect(sealed.length).toBe(sealedSize(length));
        const opened = await openMessage(suite, KEY, context, sealed);
        expect(opened.ok && Buffer.compare(opened.value, plain)).toBe(0);
      }),
      { numRuns: 12 },
    );
  });

  it('[STREAM-3] any range of chunks opens alone, and in no other place', async () => {
    const plain = Uint8Array.from({ length: 3 * CHUNK + 5 }, (_, i) => i % 253);
    const sealed = await sealMessage(suite, KEY, NONE, plain);
    const stream = await Stream.read(suite, KEY, sealed, NONE);
    if (!stream.ok) throw new Error(stream.error);
    expect(chunksOf(plain.length)).toBe(4);
    const at = STREAM_HEADER_BYTES + SEALED_CHUNK_BYTES;
    const middle = sealed.subarray(at, at + 2 * SEALED_CHUNK_BYTES);
    const opened = await openChunks(stream.value, 1, middle, false);
    expect(opened.ok && Buffer.compare(opened.value, plain.subarray(CHUNK, 3 * CHUNK))).toBe(0);
    expect(await openChunks(stream.value, 0, middle, false)).toEqual({ ok: false, error: 'stream_forged' });
    expect(await openChunks(stream.value, 1, middle, true)).toEqual({ ok: false, error: 'stream_cut' });
    const last = sealed.subarray(at + 2 * SEALED_CHUNK_BYTES);
    expect(await openChunks(stream.value, 3, last, true)).toMatchObject({ ok: true });
    expect(await openChunks(stream.value, 3, last, false)).toEqual({ ok: false, error: 'stream_cut' });
  });

  it('[STREAM-3] chunks whose numbers go beyond four bytes have nonces of their own', async () => {
    const stream = await Stream.derive(suite, KEY, new Uint8Array(24), NONE);
    const numbers = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 38 - 1];
    const sealed = await Promise.all(numbers.map(async (number) => sealedOf(stream, number)));
    expect(new Set(sealed).size).toBe(numbers.length);
    await expect(async () => sealedOf(stream, 2 ** 38)).rejects.toThrow(RangeError);
  });
});
