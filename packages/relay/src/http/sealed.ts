/** What blobs and inboxes have in common over HTTP: who may ask, proofs, and refusals. */
import type { Bytes, ErrorName, Role } from '@archipel/protocol';
import { decodeBase64url, encodeBase64url } from '@archipel/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelayMetrics } from '../metrics.ts';
import type { Refusal } from '../primitives/blob/blobs.ts';
import type { Visitors } from '../ws/visitors.ts';
import { checkProof, type ProofDeps, type Proved } from './blob-proof.ts';

const EXPOSED =
  'Archipel-Nonce, Archipel-Download, Archipel-Downloads, Archipel-Copies, Archipel-Counting, Archipel-Hosts, ETag, Content-Range, Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Expires';
/** A link is the only credential, so pages of any front may ask. */
export const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED,
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};
export const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS',
  'access-control-allow-headers':
    'Authorization, Content-Type, Range, If-Range, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Archipel-Download, Archipel-Order, Archipel-Voucher',
  'access-control-max-age': '86400',
};
const STATUS: Partial<Record<ErrorName, number>> = {
  not_found: 404,
  deleted: 410,
  expired: 410,
  downloads_spent: 410,
  removed: 451,
  proof_failed: 403,
  not_allowed: 403,
  bad_signature: 403,
  not_welcome: 403,
  unknown_host: 403,
  too_large: 413,
  disk_full: 507,
  quota_reached: 429,
  rate_limited: 429,
  wrong_offset: 409,
  upload_incomplete: 409,
  already_exists: 409,
  closed: 410,
  document_full: 409,
  stale_header: 409,
  voucher_used: 409,
  unavailable: 503,
  full: 503,
  not_offered: 501,
};
const ID = /^[\w-]{27}$/;
const SECOND_MS = 1000;

export interface SealedRoutes extends ProofDeps {
  metrics: RelayMetrics;
  visitors: Visitors;
  addressOf(request: FastifyRequest): string;
}

/** Bodies of plain bytes. */
export function takeBytes(app: FastifyInstance): void {
  if (app.hasContentTypeParser('application/octet-stream')) return;
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/** The docId in the path; undefined when it is none. */
export function idOf(request: FastifyRequest): Bytes | undefined {
  const { id } = request.params as { id: string };
  const bytes = ID.test(id) ? decodeBase64url(id) : undefined;
  return bytes?.ok === true ? bytes.value : undefined;
}

export function refuse(
  metrics: RelayMetrics,
  reply: FastifyReply,
  { error, retryAfterMs = 0 }: Omit<Refusal, 'ok'>,
): FastifyReply {
  metrics.countRefused(error);
  if (retryAfterMs > 0) reply.header('retry-after', Math.ceil(retryAfterMs / SECOND_MS));
  return reply.code(STATUS[error] ?? 400).send({ error, ...(retryAfterMs > 0 && { retryAfterMs }) });
}

/** BLOB-3; false: it was answered. */
export async function isProved(
  routes: SealedRoutes,
  proved: Proved,
  needs: Role,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const { authorization, host = '' } = request.headers;
  const proof = await checkProof(routes, proved, { authorization, dialled: host, needs });
  if (proof === 'good') return true;
  if (proof === 'no_nonce') {
    const nonce = encodeBase64url(routes.nonces.give());
    reply.header('archipel-nonce', nonce).header('www-authenticate', 'Archipel').code(401).send();
  } else refuse(routes.metrics, reply, { error: proof });
  return false;
}
