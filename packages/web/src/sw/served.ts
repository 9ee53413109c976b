/**
 * Files that a page gives to the browser piece by piece: saved as a download, or looked at. The page has the bytes; the worker has none, and
 * forgets nothing when it is stopped in between: it asks the open pages at each request. What is given can never run here: its type
 * is one of a short list, and the answer forbids everything else.
 */

/** Addresses of such files: this and a token that nobody can guess. */
export const SERVED_PATH = '/served/';

/** What a page says of the file that it serves. */
export interface ServedFacts {
  name: string;
  /** Bytes. */
  size: number;
  /** `save`: a download. Else what is looked at, as one of `SHOWN_TYPES`; anything else is saved. */
  as: string;
}

/** From the worker to every page, with a port for the answer. */
export interface ServedQuestion {
  kind: 'served';
  token: string;
}

/** On the port, to the page: bytes from `start` up to `end`, which is not among them; then one piece after the other. */
export type ServedWish = { kind: 'open'; start: number; end: number } | { kind: 'more' } | { kind: 'stop' };

/** On the port, to the worker. */
export type ServedReply =
  | { kind: 'facts'; facts: ServedFacts }
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'end' }
  | { kind: 'failed' };

/** What browsers play or show by themselves, and what is no document that could hold a script of ours. */
export const SHOWN_TYPES: ReadonlySet<string> = new Set([
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
  'audio/flac',
  'audio/mp4',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'application/pdf',
]);

/** Where it is opened as a page of its own, it is one without origin, script and network. */
const SEALED_OFF =
  "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; object-src 'self'; frame-ancestors 'none'";

/** One range, as `Range` asks for it; undefined: all. Null: it lies beyond the end (RFC 9110 §14). */
export function rangeOf(header: string | null, size: number): { start: number; end: number } | undefined | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '')
    return size === 0 || Number(last) === 0 ? null : { start: Math.max(0, size - Number(last)), end: size };
  const [start, end] = [Number(first), last === '' ? size : Math.min(size, Number(last) + 1)];
  if (start >= size) return null;
  return end > start ? { start, end } : undefined;
}

/** RFC 8187: letters, digits and a few signs as they are, the rest in hexadecimal. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

export function servedHeaders({ name, size, as }: ServedFacts, range?: { start: number; end: number }): Headers {
  const isShown = SHOWN_TYPES.has(as);
  const headers = new Headers({
    'content-type': isShown ? as : 'application/octet-stream',
    'content-length': String(range === undefined ? size : range.end - range.start),
    'content-security-policy': isShown && as === 'application/pdf' ? SEALED_OFF : `${SEALED_OFF}; sandbox`,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  if (!isShown) headers.set('content-disposition', `attachment; filename*=UTF-8''${encodeName(name)}`);
  if (isShown) headers.set('accept-ranges', 'bytes');
  if (range !== undefined) headers.set('content-range', `bytes ${range.start}-${range.end - 1}/${size}`);
  return headers;
}
