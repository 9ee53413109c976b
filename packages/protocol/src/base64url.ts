/** Base64url without padding, in its only spelling (ENC-3). */
import type { Bytes } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((character, value) => [character, value]));

export function encodeBase64url(bytes: Bytes): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET[(held >> bits) & 0x3f];
    }
  }
  return bits === 0 ? text : text + ALPHABET[(held << (6 - bits)) & 0x3f];
}

/** `bad_message` for a foreign character, padding, an impossible length, or unused bits that are not zero. */
export function decodeBase64url(text: string): Result<Bytes> {
  if (text.length % 4 === 1) return fail('bad_message');
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) return fail('bad_message');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  const unused = held & ((1 << bits) - 1);
  return unused === 0 ? ok(bytes) : fail('bad_message');
}
