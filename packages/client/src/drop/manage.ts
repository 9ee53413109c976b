/** What the owner of a drop does with it: deleting it, keeping it for longer, allowing more downloads (BLOB-2, BLOB-8). */
import type { BlobHeader, Result } from '@archipel/protocol';
import {
  blobHeaderHash,
  decodeBlobHeader,
  encodeBase64url,
  encodeBlobHeader,
  fail,
  ORDER_DELETE,
  ok,
} from '@archipel/protocol';
import { type Keys, signBlobHeader, signOrder } from '@archipel/protocol/secret';
import { systemClock } from '../system-clock.ts';
import { type CountedDrop, counterFor } from './counting.ts';
import type { DropLine } from './lines.ts';

const SECOND_MS = 1000;

/** A drop at one host, or at several. */
export interface DropAt {
  keys: Keys;
  line: DropLine;
}

/** Deletes it for everybody, on every host (COPY-6); what is not there any more is no error. Errors: those of the relay, `host_unreachable`. */
export async function deleteDrop({ keys, line }: DropAt): Promise<Result<void>> {
  const order = await signOrder(keys, { action: ORDER_DELETE, time: Math.floor(systemClock.now() / SECOND_MS) });
  const headers = { 'archipel-order': encodeBase64url(order) };
  const removed = await line.ask({ method: 'DELETE', path: `/${line.id}`, role: 'own', headers });
  const isGone = removed.ok || ['not_found', 'deleted', 'expired', 'downloads_spent'].includes(removed.error);
  return isGone ? ok(undefined) : removed;
}

export interface DropTerms {
  /** Unix seconds. */
  expiry: number;
  /** How often it may be taken in all; 0: as often as people want. */
  downloads: number;
}

/** Changes what is held to; the header that holds from now on. When the host that counted has been gone for long, the one that is asked counts (COPY-10). Errors: those of the relay (`stale_header`, `expiry_too_long`), `host_unreachable`. */
export async function changeDrop(
  { keys, line }: DropAt,
  drop: CountedDrop,
  { expiry, downloads }: DropTerms,
): Promise<Result<BlobHeader>> {
  const { header } = drop;
  const { seq, length, manifest } = header;
  const counter = counterFor(drop, downloads);
  const previous = blobHeaderHash(encodeBlobHeader(header));
  const fields = { seq: seq + 1, expiry, downloads, length, manifest, previous };
  const body = await signBlobHeader(keys, counter === undefined ? fields : { ...fields, counter });
  const headers = { 'content-type': 'application/octet-stream' };
  const put = await line.ask({ method: 'PUT', path: `/${line.id}/header`, role: 'own', headers, body });
  if (!put.ok) return put;
  const next = decodeBlobHeader(body);
  return next.ok ? next : fail('bad_header');
}
