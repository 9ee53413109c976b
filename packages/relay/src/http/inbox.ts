/** Inboxes over HTTP (protocol §20): whoever adds signs what it sends, the owner proves who it is. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { decodeBase64url, encodeBase64url, MAX_INBOX_HEADER_BYTES, MAX_ITEM_BYTES } from '@archipel/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Inboxes, OpenInbox } from '../primitives/inbox/inboxes.ts';
import { prefixOf } from '../ws/visitors.ts';
import { idOf, isProved, OPEN, PREFLIGHT, refuse, type SealedRoutes, takeBytes } from './sealed.ts';

const SECOND_MS = 1000;
/** A byte more than anything that is taken: what is longer is told to be too large by the primitive. */
const MAX_BODY_BYTES = Math.max(MAX_INBOX_HEADER_BYTES, MAX_ITEM_BYTES) + 1;
const COUNT = /^\d{1,15}$/;

export interface InboxRoutes extends SealedRoutes {
  inboxes: Inboxes;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
type Found = (inbox: OpenInbox, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export async function serveInboxes(app: FastifyInstance, routes: InboxRoutes): Promise<void> {
  await app.register(async (scope) => {
    takeBytes(scope);
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(OPEN);
    });
    scope.setErrorHandler((error: FastifyError, _request, reply) => {
      const name = UNREAD[error.code];
      if (name === undefined) throw error;
      return refuse(routes.metrics, reply, { error: name });
    });
    addRoutes(scope, new InboxHandlers(routes));
  });
}

/** What is told of a body before anybody looks at it. */
const UNREAD: Readonly<Record<string, ErrorName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bad_message',
};

/** This host keeps no inboxes, and says so, whatever is sent. */
export async function refuseInboxes(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    for (const path of ['/inbox', '/inbox/*']) {
      scope.all(path, async (_request, reply) => reply.headers(OPEN).code(501).send({ error: 'not_offered' }));
    }
  });
}

function addRoutes(app: FastifyInstance, handlers: InboxHandlers): void {
  const bodyLimit = MAX_BODY_BYTES;
  for (const path of ['/inbox', '/inbox/*']) app.options(path, handlers.describe);
  app.post('/inbox', { bodyLimit }, handlers.create);
  app.get('/inbox/:id/header', { exposeHeadRoute: false }, handlers.known(handlers.header));
  app.put('/inbox/:id/header', { bodyLimit }, handlers.known(handlers.putHeader));
  app.post('/inbox/:id/items', { bodyLimit }, handlers.known(handlers.add));
  app.post('/inbox/:id/withdrawals', { bodyLimit }, handlers.known(handlers.withdraw));
  app.get('/inbox/:id/items', { exposeHeadRoute: false }, handlers.owned(handlers.read));
  app.get('/inbox/:id/drops', { exposeHeadRoute: false }, handlers.owned(handlers.drops));
  app.delete('/inbox/:id/items/:number', handlers.owned(handlers.remove));
  app.delete('/inbox/:id', handlers.owned(handlers.end));
}

class InboxHandlers {
  readonly #routes: InboxRoutes;

  constructor(routes: InboxRoutes) {
    this.#routes = routes;
  }

  #answer(reply: FastifyReply, result: Awaited<ReturnType<Inboxes['remove']>>): FastifyReply {
    return result.ok ? reply.code(204).send() : refuse(this.#routes.metrics, reply, result);
  }

  #refuse(reply: FastifyReply, error: 'bad_message' | 'not_found'): FastifyReply {
    return refuse(this.#routes.metrics, reply, { error });
  }

  #prefix(request: FastifyRequest): string {
    return prefixOf(this.#routes.addressOf(request));
  }

  readonly describe: Handler = async (_request, reply) => reply.headers(PREFLIGHT).code(204).send();

  /** Finds the inbox, in the order of INBOX-11. */
  known(handle: Found): Handler {
    return async (request, reply) => {
      const { inboxes, visitors, metrics } = this.#routes;
      const retryAfterMs = visitors.open(this.#prefix(request));
      if (retryAfterMs > 0) return refuse(metrics, reply, { error: 'rate_limited', retryAfterMs });
      const inboxId = idOf(request);
      if (inboxId === undefined) return this.#refuse(reply, 'not_found');
      const found = await inboxes.find(inboxId);
      return found.ok ? handle(found.value, request, reply) : refuse(metrics, reply, found);
    };
  }

  owned(handle: Found): Handler {
    return this.known(async (inbox, request, reply) => {
      const proved = { docId: inbox.inboxId, own: inbox.header.owner };
      return (await isProved(this.#routes, proved, 'own', request, reply)) ? handle(inbox, request, reply) : reply;
    });
  }

  readonly create: Handler = async (request, reply) => {
    const { inboxes, visitors, metrics } = this.#routes;
    const waitMs = visitors.create(this.#prefix(request));
    if (waitMs > 0) return refuse(metrics, reply, { error: 'rate_limited', retryAfterMs: waitMs });
    const header = bodyOf(request);
    const voucher = decodeBase64url(String(request.headers['archipel-voucher'] ?? ''));
    if (header === undefined || !voucher.ok) return this.#refuse(reply, 'bad_message');
    const created = await inboxes.create(header, voucher.value.length > 0 ? voucher.value : undefined);
    if (!created.ok) return refuse(metrics, reply, created);
    return reply
      .header('location', `/inbox/${encodeBase64url(created.value)}`)
      .code(201)
      .send();
  };

  readonly header: Found = async ({ bytes }, _request, reply) =>
    reply.type('application/octet-stream').send(Buffer.from(bytes));

  readonly putHeader: Found = async (inbox, request, reply) => {
    const header = bodyOf(request);
    if (header === undefined) return this.#refuse(reply, 'bad_message');
    return this.#answer(reply, await this.#routes.inboxes.putHeader(inbox, header));
  };

  readonly add: Found = async (inbox, request, reply) => {
    const { inboxes, metrics } = this.#routes;
    const item = bodyOf(request);
    if (item === undefined) return this.#refuse(reply, 'bad_message');
    const added = await inboxes.add(inbox, item, this.#prefix(request));
    return added.ok ? reply.code(201).send(added.value) : refuse(metrics, reply, added);
  };

  readonly withdraw: Found = async (inbox, request, reply) => {
    const withdrawal = bodyOf(request);
    if (withdrawal === undefined) return this.#refuse(reply, 'bad_message');
    return this.#answer(reply, await this.#routes.inboxes.withdraw(inbox, withdrawal));
  };

  readonly read: Found = async (inbox, request, reply) => {
    const { inboxes, metrics } = this.#routes;
    const { after = '0', wait = '0' } = request.query as Record<string, unknown>;
    if (!COUNT.test(String(after)) || !COUNT.test(String(wait))) return this.#refuse(reply, 'bad_message');
    const leaving = new AbortController();
    request.raw.once('close', () => leaving.abort());
    reply.raw.once('close', () => leaving.abort());
    const page = await inboxes.read(inbox, Number(after), Number(wait) * SECOND_MS, leaving.signal);
    if (!page.ok) return refuse(metrics, reply, page);
    return reply.type('application/octet-stream').send(Buffer.from(page.value));
  };

  readonly drops: Found = async (inbox, _request, reply) => {
    const { inboxes, metrics } = this.#routes;
    const counted = await inboxes.countedDrops(inbox);
    if (!counted.ok) return refuse(metrics, reply, counted);
    const drops = counted.value.map(({ blobId, sender, length, state }) => {
      const [id, by] = [encodeBase64url(blobId), encodeBase64url(sender)];
      return { id, sender: by, length, isWhole: state === 'complete' };
    });
    return reply.send({ drops });
  };

  readonly remove: Found = async (inbox, request, reply) => {
    const { number } = request.params as { number: string };
    if (!COUNT.test(number)) return this.#refuse(reply, 'not_found');
    return this.#answer(reply, await this.#routes.inboxes.remove(inbox, Number(number)));
  };

  readonly end: Found = async ({ inboxId }, _request, reply) =>
    this.#answer(reply, await this.#routes.inboxes.end(inboxId, 'deleted'));
}

function bodyOf({ body }: FastifyRequest): Bytes | undefined {
  return Buffer.isBuffer(body) ? new Uint8Array(body) : undefined;
}
