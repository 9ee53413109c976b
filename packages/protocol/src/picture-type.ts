/** Pictures by their first bytes (PAGE-3): only formats that draw and can do nothing else. */
import type { Bytes } from './bytes.ts';

export type PictureType = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** Undefined for anything else. Never SVG, which can hold programs. */
export function pictureTypeOf(bytes: Bytes): PictureType | undefined {
  const begins = (signature: readonly number[]) => signature.every((byte, at) => bytes[at] === byte);
  const word = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  if (begins(PNG)) return 'png';
  if (begins(JPEG)) return 'jpeg';
  if (/^GIF8[79]a$/.test(word(0, 6))) return 'gif';
  if (word(0, 4) === 'RIFF' && word(8, 4) === 'WEBP') return 'webp';
  return word(4, 4) === 'ftyp' && /^avi[fs]$/.test(word(8, 4)) ? 'avif' : undefined;
}
