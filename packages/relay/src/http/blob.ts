/** Blobs over HTTP (protocol §19): uploads as tus 1.0 says, reads by range. docs/adr/0010-uploads.md says why tus is spoken here and not by a library. */
import { Readable } from 'node:stream';
import type { BlobHeader, Bytes, Role } from '@archipel/protocol';
import {
  BLOB_TICKET_BYTES,
  decodeBase64url,
  decodeBlobHeader,
  encodeBase64url,
  MAX_BLOB_HEADER_BYTES,
} from '@archipel/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Blobs, type Refusal, tagOf } from '../primitives/blob/blobs.ts';
import { BlobStoreError, type StoredBlob } from '../store/blobs.ts';
import { prefixOf } from '../ws/visitors.ts';
import { servePieces } from './blob-pieces.ts';
import type { Proved } from './blob-proof.ts';
import { arriving, leaving } from './moving.ts';
import { parseRange } from './range.ts';
import { idOf, isProved, OPEN, PREFLIGHT, refuse, type SealedRoutes, takeBytes } from './sealed.ts';

const TUS_VERSION = '1.0.0';
const SECOND_MS = 1000;
const BACK_MS = 2000;
const PART_TYPE = 'application/offset+octet-stream';

export interface BlobRoutes extends SealedRoutes {
  blobs: Blobs;
  idleMs: number;
  unfinishedMs: number;
  now(): number;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
type Found = (blob: StoredBlob, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** This host keeps no files, and says so. */
export function refuseBlobs(app: FastifyInstance): void {
  for (const path of ['/blob', '/blob/*']) {
    app.all(path, async (_request, reply) => reply.headers(OPEN).code(501).send({ error: 'not_offered' }));
  }
}

export async function serveBlobs(app: FastifyInstance, routes: BlobRoutes): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser(PART_TYPE, (_request, _payload, done) => done(null));
    takeBytes(scope);
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers({ ...OPEN, 'tus-resumable': TUS_VERSION });
    });
    // A database that does not answer is back soon.
    scope.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof BlobStoreError)) throw error;
      return refuse(routes.metrics, reply, { error: error.failure, retryAfterMs: BACK_MS });
    });
    addRoutes(scope, new BlobHandlers(routes));
    servePieces(scope, routes.blobs);
  });
}

function addRoutes(app: FastifyInstance, handlers: BlobHandlers): void {
  for (const path of ['/blob', '/blob/*']) app.options(path, handlers.describe);
  app.post('/blob', handlers.create);
  app.head('/blob/:id', handlers.known('own', handlers.offset));
  app.patch('/blob/:id', handlers.known('own', handlers.append));
  app.delete('/blob/:id', handlers.known('own', handlers.remove));
  app.put('/blob/:id/header', handlers.known('own', handlers.putHeader));
  app.get('/blob/:id/header', { exposeHeadRoute: false }, handlers.known('view', handlers.header));
  app.post('/blob/:id/downloads', handlers.known('view', handlers.take));
  app.get('/blob/:id', { exposeHeadRoute: false }, handlers.known('view', handlers.read));
}

class BlobHandlers {
  readonly #routes: BlobRoutes;

  constructor(routes: BlobRoutes) {
    this.#routes = routes;
  }

  #refuse(reply: FastifyReply, refusal: Omit<Refusal, 'ok'>): FastifyReply {
    return refuse(this.#routes.metrics, reply, refusal);
  }

  readonly describe: Handler = async (_request, reply) =>
    reply
      .headers({
        ...PREFLIGHT,
        'tus-version': TUS_VERSION,
        'tus-extension': 'creation,termination,expiration',
        'tus-max-size': String(this.#routes.blobs.room.maxBytes),
      })
      .code(204)
      .send();

  /** Finds the blob, and checks what whoever asks may do with it, in the order of BLOB-9. */
  known(needs: Role, handle: Found): Handler {
    return async (request, reply) => {
      const { blobs, visitors, addressOf } = this.#routes;
      const retryAfterMs = visitors.open(prefixOf(addressOf(request)));
      if (retryAfterMs > 0) return this.#refuse(reply, { error: 'rate_limited', retryAfterMs });
      const blobId = idOf(request);
      if (blobId === undefined) return this.#refuse(reply, { error: 'not_found' });
      const found = await blobs.find(blobId);
      if (!found.ok) return this.#refuse(reply, found);
      if (!(await isProved(this.#routes, keysOf(found.value), needs, request, reply))) return reply;
      return handle(found.value, request, reply);
    };
  }

  readonly create: Handler = async (request, reply) => {
    const { blobs, visitors, addressOf } = this.#routes;
    const prefix = prefixOf(addressOf(request));
    const waitMs = visitors.create(prefix);
    if (waitMs > 0) return this.#refuse(reply, { error: 'rate_limited', retryAfterMs: waitMs });
    const metadata = metadataOf(request.headers['upload-metadata']);
    const header = metadata.get('header');
    if (header === undefined) return this.#refuse(reply, { error: 'bad_message' });
    const decoded = decodeBlobHeader(header);
    if (!decoded.ok) return this.#refuse(reply, decoded);
    if (request.headers['upload-length'] !== String(decoded.value.length)) {
      return this.#refuse(reply, { error: 'bad_message' });
    }
    const created = await blobs.create({
      header,
      voucher: metadata.get('voucher'),
      permit: metadata.get('permit'),
      prefix,
    });
    if (!created.ok) return this.#refuse(reply, created);
    return reply
      .header('location', `/blob/${encodeBase64url(created.value)}`)
      .code(201)
      .send();
  };

  readonly offset: Found = async (blob, _request, reply) => {
    const offset = await this.#routes.blobs.offset(blob);
    return reply
      .headers({
        'upload-offset': String(offset),
        'upload-length': String(blob.length),
        ...this.#expires(blob),
        ...this.#copies(blob),
      })
      .code(200)
      .send();
  };

  /** COPY-7. */
  #copies({ blobId, state }: StoredBlob): Record<string, string> {
    const replicas = this.#routes.blobs.mirrors.replicas(blobId);
    const whole = replicas.filter(({ isWhole }) => isWhole).length + (state === 'complete' ? 1 : 0);
    return {
      'archipel-copies': String(whole),
      ...(replicas.length > 0 && { 'archipel-hosts': replicas.map(({ url }) => url).join(' ') }),
    };
  }

  /** COPY-11. */
  #counting(blob: StoredBlob): Record<string, string> {
    const view = this.#routes.blobs.mirrors.counting(blob);
    if (view === undefined) return {};
    return { 'archipel-counting': `${encodeBase64url(view.hostId)} ${view.at} ${view.left} ${view.apart}` };
  }

  #expires({ state, expiry }: StoredBlob): Record<string, string> {
    const { now, unfinishedMs } = this.#routes;
    const atMs = state === 'complete' ? expiry * SECOND_MS : Math.min(expiry * SECOND_MS, now() + unfinishedMs);
    return { 'upload-expires': new Date(atMs).toUTCString() };
  }

  readonly append: Found = async (blob, request, reply) => {
    const { headers, raw } = request;
    const offset = headers['upload-offset'];
    if (headers['content-type'] !== PART_TYPE || typeof offset !== 'string' || !/^\d{1,15}$/.test(offset)) {
      return this.#refuse(reply, { error: 'bad_message' });
    }
    const length = Number(headers['content-length'] ?? 0);
    if (Number(offset) + length > blob.length) return this.#refuse(reply, { error: 'too_large' });
    const cut = (): void => void raw.destroy();
    const source = { chunks: arriving(raw, this.#routes.idleMs, cut), cut };
    const reached = await this.#routes.blobs.append(blob, Number(offset), source);
    if (!reached.ok) return this.#refuse(reply, reached);
    return reply
      .headers({ 'upload-offset': String(reached.value), ...this.#expires(blob) })
      .code(204)
      .send();
  };

  readonly remove: Found = async (blob, request, reply) => {
    const order = decodeBase64url(String(request.headers['archipel-order'] ?? ''));
    if (!order.ok) return this.#refuse(reply, { error: 'bad_message' });
    const ended = await this.#routes.blobs.remove(blob, order.value.length > 0 ? order.value : undefined);
    return ended.ok ? reply.code(204).send() : this.#refuse(reply, ended);
  };

  readonly putHeader: Found = async (blob, request, reply) => {
    const body = request.body;
    if (!Buffer.isBuffer(body)) return this.#refuse(reply, { error: 'bad_message' });
    if (body.length > MAX_BLOB_HEADER_BYTES) return this.#refuse(reply, { error: 'too_large' });
    const put = await this.#routes.blobs.putHeader(blob, new Uint8Array(body));
    return put.ok ? reply.code(204).send() : this.#refuse(reply, put);
  };

  readonly header: Found = async (blob, _request, reply) =>
    reply
      .headers({ 'archipel-downloads': String(blob.taken), ...this.#copies(blob), ...this.#counting(blob) })
      .type('application/octet-stream')
      .send(Buffer.from(blob.header));

  readonly take: Found = async (blob, request, reply) => {
    const chosen = decodeBase64url(String(request.headers['archipel-download'] ?? ''));
    if (!chosen.ok || (chosen.value.length > 0 && chosen.value.length !== BLOB_TICKET_BYTES)) {
      return this.#refuse(reply, { error: 'bad_message' });
    }
    const taken = await this.#routes.blobs.take(blob, chosen.value.length > 0 ? chosen.value : undefined);
    if (!taken.ok) return this.#refuse(reply, taken);
    return reply.header('archipel-download', encodeBase64url(taken.ticket)).code(201).send();
  };

  readonly read: Found = async (blob, request, reply) => {
    const { blobs, idleMs } = this.#routes;
    const { length } = blob;
    if (blob.state !== 'complete') return this.#refuse(reply, { error: 'upload_incomplete' });
    const tag = tagOf(blob.blobId);
    const { 'if-range': ifRange, range: asked } = request.headers;
    const range = ifRange === undefined || ifRange === tag ? parseRange(asked, length) : undefined;
    reply.headers({ etag: tag, 'accept-ranges': 'bytes' });
    if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${length}`).send();
    const { start, end } = range ?? { start: 0, end: length };
    if (end > headerOf(blob).manifest && !(await this.#holdsTicket(blob, request)))
      return this.#refuse(reply, { error: 'not_allowed' });
    if (range !== undefined) reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${length}`);
    reply.type('application/octet-stream').header('content-length', end - start);
    const bytes = leaving(blobs.read(blob, start, end), idleMs, () => reply.raw.destroy());
    return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: READ_AHEAD_BYTES }));
  };

  async #holdsTicket(blob: StoredBlob, request: FastifyRequest): Promise<boolean> {
    const ticket = decodeBase64url(String(request.headers['archipel-download'] ?? ''));
    return ticket.ok && (await this.#routes.blobs.downloads.holds(blob.blobId, ticket.value));
  }
}

const READ_AHEAD_BYTES = 2 ** 20;

function headerOf({ header }: StoredBlob): BlobHeader {
  const decoded = decodeBlobHeader(header);
  if (!decoded.ok) throw new Error('a header that was taken does not decode');
  return decoded.value;
}

function keysOf(blob: StoredBlob): Proved {
  const { owner, read } = headerOf(blob);
  return { docId: blob.blobId, own: owner, view: read };
}

/** Pairs of a key and base64, separated by commas, as tus says. */
function metadataOf(text: string | string[] | undefined): Map<string, Bytes> {
  const pairs = String(text ?? '').split(',');
  return new Map(
    pairs.map((pair) => {
      const [key = '', value = ''] = pair.trim().split(' ');
      return [key, new Uint8Array(Buffer.from(value, 'base64'))] as const;
    }),
  );
}
