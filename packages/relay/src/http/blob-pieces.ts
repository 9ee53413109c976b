/** COPY-3, COPY-9: other hosts read the pieces of a blob here, and are lent downloads, with the pass that they were given on the line between the two. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { BLOB_PIECE_BYTES, concat, decodeBase64url } from '@archipel/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { contentDigestOf } from '../replication/blobs/fetch-piece.ts';

const AUTHORIZATION = /^Archipel-Pass ([\w-]{22})$/;
const PIECE = /^\d{1,7}$/;
const COUNT = /^\d{1,15}$/;
const STATUS: Partial<Record<ErrorName, number>> = {
  not_allowed: 403,
  not_found: 404,
  upload_incomplete: 409,
  wrong_host: 409,
};

export function servePieces(app: FastifyInstance, blobs: Blobs): void {
  const refuse = (reply: FastifyReply, error: ErrorName): FastifyReply =>
    reply.code(STATUS[error] ?? 410).send({ error });

  app.post('/blob/:id/share', async (request, reply) => {
    const { id } = request.params as { id: string };
    const { have = '' } = request.query as { have?: string };
    const blobId = decodeBase64url(id);
    const host = blobId.ok ? readerOf(blobs, blobId.value, request) : undefined;
    if (!blobId.ok || host === undefined) return refuse(reply, 'not_allowed');
    const lent = COUNT.test(have) ? blobs.mirrors.lend(blobId.value, host, Number(have)) : undefined;
    return lent === undefined ? refuse(reply, 'wrong_host') : reply.send({ lent });
  });

  app.get('/blob/:id/pieces/:piece', { exposeHeadRoute: false }, async (request, reply) => {
    const { id, piece } = request.params as { id: string; piece: string };
    const blobId = decodeBase64url(id);
    // Who has no pass learns nothing, not even whether there is such a blob.
    if (!blobId.ok || readerOf(blobs, blobId.value, request) === undefined) return refuse(reply, 'not_allowed');
    const found = await blobs.find(blobId.value);
    if (!found.ok) return refuse(reply, found.error);
    const start = PIECE.test(piece) ? Number(piece) * BLOB_PIECE_BYTES : Number.POSITIVE_INFINITY;
    const end = Math.min(found.value.length, start + BLOB_PIECE_BYTES);
    if (start >= end) return refuse(reply, 'not_found');
    if (end > blobs.reached(found.value)) return refuse(reply, 'upload_incomplete');
    const chunks: Bytes[] = [];
    for await (const chunk of blobs.read(found.value, start, end)) chunks.push(chunk);
    const bytes = concat(...chunks);
    return reply
      .header('content-digest', await contentDigestOf(bytes))
      .type('application/octet-stream')
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  });
}

function readerOf(blobs: Blobs, blobId: Bytes, { headers }: FastifyRequest): string | undefined {
  const pass = decodeBase64url(AUTHORIZATION.exec(headers.authorization ?? '')?.[1] ?? '');
  return pass.ok ? blobs.mirrors.readerOf(blobId, pass.value) : undefined;
}
