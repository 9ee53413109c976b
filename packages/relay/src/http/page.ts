/** Published pages over HTTP (protocol §22): what their owners send, and what everybody gets. */
import { createHash } from 'node:crypto';
import { PAGE_STYLE, REPORT_PATH, renderNotice } from '@archipel/page';
import {
  type Bytes,
  type ErrorName,
  encodeBase64url,
  type PictureType,
  REMOVAL_CATEGORIES,
  type RemovalCategory,
} from '@archipel/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RelayMetrics } from '../metrics.ts';
import type { Refusal } from '../primitives/blob/blobs.ts';
import type { Pages } from '../primitives/page/pages.ts';
import { prefixOf } from '../ws/visitors.ts';
import { idOf, OPEN, PREFLIGHT, refuse, takeBytes } from './sealed.ts';

const SECOND_MS = 1000;
/** A byte more than what is taken: what is longer is told to be too large by the primitive. */
const SLACK_BYTES = 1;
const NOT_MODIFIED = 304;
const TYPES: Readonly<Record<PictureType, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
};

const STYLE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;
const POLICY = [
  "default-src 'none'",
  `style-src ${STYLE}`,
  // The empty icon, in place of one that a document without an origin may not have.
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
  // It lets people follow links, in the same tab.
  'sandbox',
].join('; ');
/** PAGE-9. A document in a sandbox may not ask for an opener policy. */
const APART = { 'cross-origin-opener-policy': 'unsafe-none', 'content-type': 'text/html; charset=utf-8' };
const PAGE = { ...APART, 'content-security-policy': POLICY };
const CACHED = 'public, max-age=60, s-maxage=300, stale-if-error=86400';
const NOTICE_CACHED = 'public, max-age=60';
/** The document that shows it has no origin, so it is one of elsewhere to this host. */
const PICTURE = {
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'public, max-age=3600',
};
const GONE: Partial<Record<ErrorName, 'takenBack' | 'expired' | 'removed'>> = {
  deleted: 'takenBack',
  expired: 'expired',
  removed: 'removed',
};

export interface PageRoutes {
  pages: Pages;
  metrics: RelayMetrics;
  maxBytes: number;
  addressOf(request: FastifyRequest): string;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export async function servePages(app: FastifyInstance, routes: PageRoutes): Promise<void> {
  await app.register(async (scope) => {
    takeBytes(scope);
    scope.setErrorHandler((error: FastifyError, _request, reply) => {
      const name = UNREAD[error.code];
      if (name === undefined) throw error;
      return refuse(routes.metrics, reply.headers(OPEN), { error: name });
    });
    const handlers = new PageHandlers(routes);
    const bodyLimit = routes.maxBytes + SLACK_BYTES;
    scope.options('/p/:id', async (_request, reply) =>
      reply
        .headers({ ...OPEN, ...PREFLIGHT })
        .code(204)
        .send(),
    );
    scope.put('/p/:id', { bodyLimit }, handlers.put);
    scope.delete('/p/:id', { bodyLimit }, handlers.put);
    scope.get('/p/:id', handlers.show);
    scope.get('/p/:id/signed', handlers.signed);
    scope.get('/p/:id/report', handlers.report);
    scope.get('/p/:id/:name', handlers.picture);
  });
}

const UNREAD: Readonly<Record<string, ErrorName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bad_message',
};

/** This host keeps no pages, and says so, whatever is sent. */
export async function refusePages(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    const refused: Handler = async (_request, reply) => reply.headers(OPEN).code(501).send({ error: 'not_offered' });
    for (const method of ['PUT', 'DELETE'] as const) scope.route({ method, url: '/p/:id', handler: refused });
    scope.options('/p/:id', async (_request, reply) =>
      reply
        .headers({ ...OPEN, ...PREFLIGHT })
        .code(204)
        .send(),
    );
    scope.get('/p/*', async (_request, reply) => notice(reply, 'missing', 404));
  });
}

type Notice = Parameters<typeof renderNotice>;

function notice(reply: FastifyReply, kind: Notice[0], status: number, reason?: Notice[1]): FastifyReply {
  return reply
    .headers({ ...PAGE, 'cache-control': NOTICE_CACHED })
    .code(status)
    .send(renderNotice(kind, reason));
}

class PageHandlers {
  readonly #routes: PageRoutes;

  constructor(routes: PageRoutes) {
    this.#routes = routes;
  }

  #refuse(reply: FastifyReply, refusal: Omit<Refusal, 'ok'>): FastifyReply {
    return refuse(this.#routes.metrics, reply.headers(OPEN), refusal);
  }

  /** A page, or what takes it back: each has its method. */
  readonly put: Handler = async (request, reply) => {
    const { pages, addressOf } = this.#routes;
    const [pageId, { body }] = [idOf(request), request];
    if (pageId === undefined || !Buffer.isBuffer(body)) return this.#refuse(reply, { error: 'bad_message' });
    const isEnd = request.method === 'DELETE';
    const taken = await pages.put(pageId, new Uint8Array(body), prefixOf(addressOf(request)), isEnd);
    if (!taken.ok) return this.#refuse(reply, taken);
    return reply
      .headers(OPEN)
      .code(taken.value === 'created' ? 201 : 204)
      .send();
  };

  readonly signed: Handler = async (request, reply) => {
    const pageId = idOf(request);
    const signed = pageId && (await this.#routes.pages.signed(pageId));
    if (signed === undefined) return this.#refuse(reply, { error: 'not_found' });
    if (!signed.ok) return this.#refuse(reply, signed);
    return reply.headers(OPEN).type('application/octet-stream').send(Buffer.from(signed.value));
  };

  readonly show: Handler = async (request, reply) => {
    const pageId = idOf(request);
    if (pageId === undefined) return notice(reply, 'missing', 404);
    const shown = await this.#routes.pages.show(pageId);
    if (!shown.ok) return this.#missing(pageId, shown, reply);
    const { html, etag, time } = shown.value;
    const modified = new Date(time * SECOND_MS).toUTCString();
    reply.headers({ ...PAGE, etag, 'last-modified': modified, 'cache-control': CACHED });
    if (names(request.headers['if-none-match'], etag)) return reply.code(NOT_MODIFIED).send();
    return reply.send(html);
  };

  /** PAGE-10. */
  #missing(pageId: Bytes, refusal: Refusal, reply: FastifyReply): FastifyReply {
    const kind = GONE[refusal.error];
    if (kind !== undefined) {
      const removal = this.#routes.pages.removal(pageId);
      return notice(reply, kind, 410, removal && { category: categoryOf(removal.category), words: removal.words });
    }
    return refusal.error === 'not_found' ? notice(reply, 'missing', 404) : this.#refuse(reply, refusal);
  }

  readonly picture: Handler = async (request, reply) => {
    const { name } = request.params as { name: string };
    const pageId = idOf(request);
    if (pageId === undefined) return notice(reply, 'missing', 404);
    const picture = await this.#routes.pages.picture(pageId, name);
    if (!picture.ok) return this.#missing(pageId, picture, reply);
    const etag = `"${name}"`;
    reply.headers({ ...PICTURE, etag }).type(TYPES[picture.value.type]);
    if (names(request.headers['if-none-match'], etag)) return reply.code(NOT_MODIFIED).send();
    return reply.send(Buffer.from(picture.value.bytes));
  };

  /** Pages that were kept somewhere for some time lead here. */
  readonly report: Handler = async (request, reply) => {
    const pageId = idOf(request);
    if (pageId === undefined) return notice(reply, 'missing', 404);
    return reply.redirect(`${REPORT_PATH}${encodeBase64url(pageId)}`);
  };
}

/** RFC 9110 §13.1.2: weak comparison. */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function categoryOf(word: string): RemovalCategory {
  return REMOVAL_CATEGORIES.find((category) => category === word) ?? 'other';
}
