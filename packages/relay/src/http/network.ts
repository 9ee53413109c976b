/** What hosts ask each other and pages ask their host: vouchers, and where a document shall live. */
import type { ErrorName } from '@archipel/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Places } from '../network/places.ts';
import type { Room } from '../network/room.ts';
import type { Served } from '../network/served.ts';
import type { VoucherDesk } from '../network/voucher-desk.ts';
import { prefixOf, siteOf, type Visitors } from '../ws/visitors.ts';

const FOLDER = '/.well-known/archipel';
const OPEN = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};
/** No wish and no voucher is longer, in bytes. */
const BODY_LIMIT = 4096;
const SERVER_ERROR = 500;
const STATUS: Partial<Record<ErrorName, number>> = {
  full: 503,
  disk_full: 503,
  unknown_host: 403,
  not_welcome: 403,
  quota_reached: 429,
  voucher_used: 409,
  too_large: 413,
  not_offered: 501,
  not_found: 404,
};
const wish = v.object({
  service: v.string(),
  country: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/))),
  host: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/))),
  ttlSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  forward: v.optional(v.boolean(), true),
  ticket: v.optional(v.pipe(v.string(), v.maxLength(64))),
  bytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
const word = v.strictObject({
  receipt: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  healthy: v.boolean(),
});

export interface NetworkRoutes {
  room: Room;
  desk: VoucherDesk;
  places: Places;
  served: Served;
  /** Who asks, by address prefix. */
  visitors: Visitors;
  addressOf(request: FastifyRequest): string;
}

export function serveNetwork(
  app: FastifyInstance,
  { room, desk, places, served, visitors, addressOf }: NetworkRoutes,
): void {
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  const refuse = (reply: FastifyReply, error: ErrorName, waitMs = 0): FastifyReply => {
    const retryAfterMs =
      waitMs || (error === 'full' ? room.retryMs : error === 'quota_reached' ? room.untilTomorrowMs : 0);
    return reply
      .headers(OPEN)
      .code(STATUS[error] ?? 400)
      .send({ error, ...(retryAfterMs > 0 && { retryAfterMs }) });
  };
  const small = {
    bodyLimit: BODY_LIMIT,
    /** What is no JSON, or far too long, is refused in the same words as all else. */
    errorHandler: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      const { statusCode = SERVER_ERROR } = error;
      if (statusCode >= SERVER_ERROR) throw error;
      return refuse(reply, 'bad_message');
    },
  };
  app.options(`${FOLDER}/place`, async (_request, reply) =>
    reply
      .headers({ ...OPEN, 'access-control-allow-headers': 'content-type', 'access-control-allow-methods': 'POST' })
      .code(204)
      .send(),
  );
  app.post(`${FOLDER}/voucher`, small, async (request, reply) => {
    const waitMs = visitors.open(prefixOf(addressOf(request)));
    if (waitMs > 0) return reply.headers(OPEN).code(429).send({ error: 'rate_limited', retryAfterMs: waitMs });
    if (!Buffer.isBuffer(request.body)) return refuse(reply, 'bad_message');
    const purpose = request.headers['x-archipel-for'] === 'copy' ? 'copy' : 'create';
    const answer = await desk.exchange(new Uint8Array(request.body), purpose);
    if (!answer.ok) return refuse(reply, answer.error);
    return reply.headers(OPEN).type('application/octet-stream').send(Buffer.from(answer.value));
  });
  app.post(`${FOLDER}/place`, small, async (request, reply) => {
    const waitMs = visitors.create(prefixOf(addressOf(request)));
    if (waitMs > 0) return reply.headers(OPEN).code(429).send({ error: 'rate_limited', retryAfterMs: waitMs });
    const parsed = v.safeParse(wish, request.body);
    if (!parsed.success) return refuse(reply, 'bad_message');
    const answer = await places.place(parsed.output);
    const status = !('error' in answer) ? 200 : answer.error === 'nobody' ? 404 : (STATUS[answer.error] ?? 400);
    return reply.headers(OPEN).code(status).send(answer);
  });
  app.post(`${FOLDER}/served`, small, async (request, reply) => {
    const prefix = prefixOf(addressOf(request));
    const waitMs = visitors.open(prefix);
    if (waitMs > 0) return reply.headers(OPEN).code(429).send({ error: 'rate_limited', retryAfterMs: waitMs });
    const parsed = v.safeParse(word, request.body);
    if (!parsed.success) return refuse(reply, 'bad_message');
    const { receipt, healthy } = parsed.output;
    const taken = served.take(receipt, healthy, siteOf(prefix));
    return taken.ok ? reply.headers(OPEN).code(204).send() : refuse(reply, taken.error);
  });
}
