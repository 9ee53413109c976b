/** Raw DEFLATE by the platform's streams, bounded while it inflates (REC-7). */
import { type Bytes, concat } from '../bytes.ts';
import { type ByteTransform, platform } from './webcrypto-types.ts';

/** Everything that comes out; undefined when the stream breaks. */
async function pass(
  transform: ByteTransform,
  bytes: Bytes,
  maxBytes: number,
): Promise<Bytes | 'too_large' | undefined> {
  const writer = transform.writable.getWriter();
  const reader = transform.readable.getReader();
  // A broken stream rejects on both ends: it is told once, by the reader.
  const written = Promise.all([writer.write(bytes), writer.close()]).then(
    () => true,
    () => false,
  );
  const chunks: Bytes[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const chunk = next.value ?? new Uint8Array(0);
      length += chunk.length;
      if (length > maxBytes) {
        await reader.cancel();
        return 'too_large';
      }
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return (await written) ? concat(...chunks) : undefined;
}

export async function deflate(bytes: Bytes): Promise<Bytes> {
  const deflated = await pass(new platform.CompressionStream('deflate-raw'), bytes, Number.POSITIVE_INFINITY);
  if (!(deflated instanceof Uint8Array)) throw new Error('the compression stream broke');
  return deflated;
}

export function inflate(bytes: Bytes, maxBytes: number): Promise<Bytes | 'too_large' | undefined> {
  return pass(new platform.DecompressionStream('deflate-raw'), bytes, maxBytes);
}

export function random(length: number): Bytes {
  const bytes = new Uint8Array(length);
  platform.crypto.getRandomValues(bytes);
  return bytes;
}
