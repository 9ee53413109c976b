import { describe, expect, it } from 'vitest';
import { zipOf, zipSize } from './zip.ts';

const FILES = [
  { name: 'a.txt', size: 5, modified: 1_700_000_000 },
  { name: 'empty', size: 0, modified: 0 },
  { name: '東京.bin', size: 70_000, modified: 1 },
  { name: 'late', size: 1, modified: 2 ** 40 },
];
const BODY = Uint8Array.from({ length: 70_006 }, (_, index) => index % 251);

/** In pieces that do not know where files begin; it ends with `error` where that is given. */
function streamOf(bytes: Uint8Array, step: number, error?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + step));
      else if (error === undefined) controller.close();
      else controller.error(error);
      at += step;
    },
  });
}

async function read(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

describe('a zip made while it is read', () => {
  it.each([1, 7, 65_536, 1_000_000])('has the size that was told, whatever the pieces are (%i)', async (step) => {
    const zip = await read(zipOf(streamOf(BODY, step), FILES));
    expect(zip.length).toBe(zipSize(FILES));
    expect(Buffer.from(zip).includes(Buffer.from(BODY.slice(5, 70_005)))).toBe(true);
    expect(Buffer.from(zip).includes('東京.bin')).toBe(true);
  });

  it('says more than four gigabytes as zip64 does', () => {
    const large = [{ name: 'x', size: 5 * 2 ** 32, modified: 0 }];
    expect(zipSize(large) - 5 * 2 ** 32).toBeGreaterThan(zipSize([{ ...large[0], name: 'x', size: 0, modified: 0 }]));
  });

  it('never ends well when the stream does not', async () => {
    const forged = new Error('forged');
    await expect(read(zipOf(streamOf(BODY.slice(0, 60_000), 999, forged), FILES))).rejects.toThrow('forged');
    await expect(read(zipOf(streamOf(BODY.slice(0, 60_000), 999), FILES))).rejects.toThrow('too early');
    await expect(read(zipOf(streamOf(BODY, 999, forged), FILES))).rejects.toThrow('forged');
    const longer = new Uint8Array([...BODY, 1]);
    await expect(read(zipOf(streamOf(longer, 70_006), FILES))).rejects.toThrow('more than');
  });

  it('lets go of the stream when nobody reads on', async () => {
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(BODY.slice(0, 1000)),
      cancel: (why) => {
        reason = why;
      },
    });
    const reader = zipOf(body, FILES).getReader();
    await reader.read();
    await reader.cancel('enough');
    expect(reason).toBe('enough');
  });
});
