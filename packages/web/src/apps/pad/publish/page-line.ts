import { encodeUtf8 } from '@archipel/protocol';

/** What no line of a page has (FACT-6). */
const UNFIT = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/gu;

/** A line of at most so many bytes of UTF-8, never half a character; spaces at its ends go when it is published. */
export function pageLine(text: string, maxBytes: number): string {
  let line = text.replace(UNFIT, ' ');
  while (encodeUtf8(line).length > maxBytes) line = [...line].slice(0, -1).join('');
  return line;
}
