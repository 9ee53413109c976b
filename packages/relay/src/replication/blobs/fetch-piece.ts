/** COPY-3: one piece of a blob over HTTP, taken only when its digest is the one that the other host says. */
import { subtle } from 'node:crypto';
import type { Bytes, ErrorName } from '@archipel/protocol';
import { encodeBase64url } from '@archipel/protocol';
import type { PieceWish } from './context.ts';

const PIECE_MAX_MS = 60_000;
const GONE: Readonly<Record<number, ErrorName>> = { 403: 'not_allowed', 404: 'not_found', 409: 'upload_incomplete' };

/** RFC 9530; away from the thread that serves everybody. */
export async function contentDigestOf(bytes: Bytes): Promise<string> {
  const digest = await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return `sha-256=:${Buffer.from(digest).toString('base64')}:`;
}

/** Never rejects. Errors: `host_unreachable`, `not_allowed`, `not_found`, `upload_incomplete`, `unavailable`. */
export async function fetchPiece({
  origin,
  blobId,
  piece,
  length,
  pass,
  signal,
}: PieceWish): Promise<Bytes | ErrorName> {
  try {
    const response = await fetch(`${origin}/blob/${encodeBase64url(blobId)}/pieces/${piece}`, {
      headers: { authorization: `Archipel-Pass ${encodeBase64url(pass)}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PIECE_MAX_MS)]),
    });
    const isFit = response.ok && response.headers.get('content-length') === String(length);
    if (!isFit) {
      await response.body?.cancel();
      return GONE[response.status] ?? 'unavailable';
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    const isWhole =
      bytes.length === length && response.headers.get('content-digest') === (await contentDigestOf(bytes));
    return isWhole ? bytes : 'unavailable';
  } catch {
    return 'host_unreachable'; // Whatever broke on the way: it is asked for again.
  }
}
