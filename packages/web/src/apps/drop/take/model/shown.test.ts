import { expect, it } from 'vitest';
import { mayBeShown, shownAs, textOf } from './shown.ts';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

it.each([
  ['a JPEG', '\xff\xd8\xff\xe0', { kind: 'picture', type: 'image/jpeg' }],
  ['a PNG', '\x89PNG\r\n\x1a\n', { kind: 'picture', type: 'image/png' }],
  ['a GIF', 'GIF89a', { kind: 'picture', type: 'image/gif' }],
  ['a WebP', 'RIFF\n\r\u2028\0WEBP'.replace('\u2028', '\0'), { kind: 'picture', type: 'image/webp' }],
  ['an AVIF', '\0\0\0\x1cftypavif', { kind: 'picture', type: 'image/avif' }],
  ['an MP3', 'ID3\x04', { kind: 'sound', type: 'audio/mpeg' }],
  ['a WAV', 'RIFF\n\0\0\0WAVE', { kind: 'sound', type: 'audio/wav' }],
  ['an MP4', '\0\0\0\x20ftypisom', { kind: 'film', type: 'video/mp4' }],
  ['a WebM', '\x1aE\xdf\xa3', { kind: 'film', type: 'video/webm' }],
  ['an Ogg of sound', `OggS${'\0'.repeat(24)}OpusHead`, { kind: 'sound', type: 'audio/ogg' }],
  ['an Ogg of a film', `OggS${'\0'.repeat(24)}\x80theora`, { kind: 'film', type: 'video/ogg' }],
  ['a PDF', '%PDF-1.7', { kind: 'pdf' }],
  ['an SVG', '<?xml version="1.0"?>\n<!-- by hand -->\n<svg onload="x()">', { kind: 'drawing' }],
  ['an SVG without prologue', '  <SVG>', { kind: 'drawing' }],
  ['a page', '<!doctype html><script>x()</script>', { kind: 'text' }],
  ['a page that talks of a PDF', ' %PDF-1.7 <script>', { kind: 'text' }],
  ['a program', '\x7fELF\0\0', undefined],
  ['what is no UTF-8', 'caf\xe9 noir', undefined],
])('%s is told by its bytes', (_what, head, shown) => expect(shownAs(latin(head))).toEqual(shown));

it('a text may be cut in the middle of a letter', () => {
  const bytes = new TextEncoder().encode('é東🎈');
  for (let end = 2; end <= bytes.length; end++) expect(textOf(bytes.subarray(0, end)), `${end}`).toMatch(/^é/);
});

it('names and types only say what is worth a look', () => {
  expect(mayBeShown({ name: 'a.JPG', type: '', size: 1 })).toBe(true);
  expect(mayBeShown({ name: 'a', type: 'video/mp4', size: 1 })).toBe(true);
  expect(mayBeShown({ name: 'a.txt', type: '', size: 0 })).toBe(false);
  expect(mayBeShown({ name: 'a.exe', type: 'application/pdfx', size: 1 })).toBe(false);
});
