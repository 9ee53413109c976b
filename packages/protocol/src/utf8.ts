/** UTF-8 by the platform's own coder: exact, so that one text has one spelling (no replacement character, no byte order mark dropped). */
import type { Bytes } from './bytes.ts';

interface Platform {
  TextEncoder: new () => { encode(text: string): Bytes };
  TextDecoder: new (label: 'utf-8', options: { fatal: true; ignoreBOM: true }) => { decode(bytes: Bytes): string };
}

const platform = globalThis as unknown as Platform;
const encoder = new platform.TextEncoder();
const decoder = new platform.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws on a lone surrogate: such a text has no UTF-8. */
export function encodeUtf8(text: string): Bytes {
  if (!text.isWellFormed()) throw new RangeError('text with a lone surrogate');
  return encoder.encode(text);
}

/** The text, or undefined when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Bytes): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
