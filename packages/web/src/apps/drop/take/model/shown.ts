/**
 * What a file is shown as: told by its first bytes, never by what its sender says of it. What is no picture, sound, film, PDF or plain text is
 * not shown at all.
 */
import type { Bytes } from '@archipel/protocol';

export type Shown =
  | { kind: 'picture'; type: string }
  | { kind: 'drawing' }
  | { kind: 'sound' | 'film'; type: string }
  | { kind: 'pdf' }
  | { kind: 'text' };

/** Enough of a file to tell. */
export const HEAD_BYTES = 4096;

const latin = (bytes: Bytes, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

const PICTURES: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG\r\n/, 'image/png'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^.{4}ftypavi[fs]/s, 'image/avif'],
];

const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/^ID3|^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/, 'audio/mpeg'],
  [/^fLaC/, 'audio/flac'],
  [/^RIFF.{4}WAVE/s, 'audio/wav'],
  [/^.{4}ftypM4[AB]/s, 'audio/mp4'],
  [/^OggS.{24}(?:.vorbis|OpusHead|.FLAC|Speex)/s, 'audio/ogg'],
];

const FILMS: readonly (readonly [RegExp, string])[] = [
  [/^.{4}ftyp(?:iso|mp4|avc|M4V|dash|qt)/s, 'video/mp4'],
  [/^.E\xdf\xa3/s, 'video/webm'],
  [/^OggS/, 'video/ogg'],
];

const typeIn = (table: readonly (readonly [RegExp, string])[], head: string): string | undefined =>
  table.find(([begins]) => begins.test(head))?.[1];

/** `head`: the first `HEAD_BYTES` of a file, or all of it. Undefined: it is not shown. */
export function shownAs(head: Bytes): Shown | undefined {
  const start = latin(head, 0, 64);
  const picture = typeIn(PICTURES, start);
  if (picture !== undefined) return { kind: 'picture', type: picture };
  const sound = typeIn(SOUNDS, start);
  if (sound !== undefined) return { kind: 'sound', type: sound };
  const film = typeIn(FILMS, start);
  if (film !== undefined) return { kind: 'film', type: film };
  if (start.startsWith('%PDF-')) return { kind: 'pdf' };
  const text = textOf(head);
  if (text === undefined) return undefined;
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/is.test(text)
    ? { kind: 'drawing' }
    : { kind: 'text' };
}

/** UTF-8, perhaps cut in the middle of a letter; undefined when it is something else. */
export function textOf(bytes: Bytes): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

const ENDINGS =
  /\.(jpe?g|png|gif|webp|avif|svg|mp3|m4a|oga|ogg|opus|wav|flac|mp4|m4v|mov|webm|ogv|pdf|txt|md|csv|tsv|json|log|xml|html?|css|js|ts|py|sh|ini|ya?ml|toml|srt|vtt|ics|vcf|tex)$/i;

/** Whether it is worth offering; what it is, is told when it is fetched. */
export function mayBeShown({ name, type, size }: { name: string; type: string; size: number }): boolean {
  return size > 0 && (ENDINGS.test(name) || /^(?:image|audio|video|text)\/|^application\/pdf$/.test(type));
}
