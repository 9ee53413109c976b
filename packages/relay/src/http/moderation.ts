/** Reports of people, and why something is not here any more (protocol §21). */
import type { ErrorName } from '@archipel/protocol';
import {
  decodeBase64url,
  encodeBase64url,
  MAX_SEALED_REPORT_BYTES,
  PUBLIC_KEY_BYTES,
  REMOVAL_CATEGORIES,
  REPORT_PADDING_BYTES,
  TAG_BYTES,
} from '@archipel/protocol';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Limits } from '../limits.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { PublishedRemovals } from '../moderation/published.ts';
import type { Removals } from '../moderation/removals.ts';
import { Allowance } from '../primitives/blob/allowance.ts';
import { NotWrittenError } from '../store/admissions.ts';
import type { Moderation } from '../store/moderation.ts';
import { prefixOf, type Visitors } from '../ws/visitors.ts';

/** Pages of any front ask the host that keeps what their link leads to. */
const OPEN = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'no-store',
};
/** Of a sealed report; a plain one may have 16 KiB. */
const BODY_LIMIT_BYTES = 24_576;
const PLAIN_LIMIT_CHARACTERS = 16_384;
const SERVER_ERROR = 500;
const MAX_AGE_SECONDS = 60;
const SECOND_MS = 1000;
const ID = /^[\w-]{27}$/;
const STATUS: Partial<Record<ErrorName, number>> = { full: 503, disk_full: 507, rate_limited: 429, not_found: 404 };

const text = (most: number) => v.optional(v.pipe(v.string(), v.trim(), v.maxLength(most)), '');
const subject = {
  docId: v.pipe(v.string(), v.regex(ID)),
  category: v.picklist(REMOVAL_CATEGORIES),
};
const plainReport = v.strictObject({ ...subject, words: text(4000), contact: text(200), link: text(500) });
const sealedReport = v.strictObject({
  ...subject,
  sealed: v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const bytes = decodeBase64url(dataset.value);
      if (bytes.ok && isSealed(bytes.value.length)) return bytes.value;
      addIssue({ message: 'no sealed words' });
      return NEVER;
    }),
  ),
});
type ReportBody = v.InferOutput<typeof plainReport> | v.InferOutput<typeof sealedReport>;

/** REP-4: an encapsulated key, and whole paddings with their tag. */
function isSealed(bytes: number): boolean {
  const plain = bytes - PUBLIC_KEY_BYTES - TAG_BYTES;
  return bytes <= MAX_SEALED_REPORT_BYTES && plain > 0 && plain % REPORT_PADDING_BYTES === 0;
}

/** A plain one is what older pages send, and pages of a host without a key. */
function parseReport(body: unknown): ReportBody | undefined {
  const isSealedBody = typeof body === 'object' && body !== null && 'sealed' in body;
  const parsed = v.safeParse(isSealedBody ? sealedReport : plainReport, body);
  return parsed.success && isOwnLink(parsed.output) ? parsed.output : undefined;
}

const UNSAID = { words: '', contact: '', link: '', sealed: new Uint8Array(0) };

export interface ModerationRoutes {
  file: Moderation;
  removals: Removals;
  /** Undefined: this host tells others nothing. */
  published: PublishedRemovals | undefined;
  /** To which reports are sealed, in base64url; undefined: they come as they are. */
  reportsKey: string | undefined;
  limits: Limits;
  metrics: RelayMetrics;
  visitors: Visitors;
  now(): number;
  addressOf(request: FastifyRequest): string;
}

export function serveModeration(app: FastifyInstance, routes: ModerationRoutes): void {
  const { removals, published, visitors, addressOf } = routes;
  const refuse = (reply: FastifyReply, error: ErrorName, retryAfterMs = 0): FastifyReply =>
    reply
      .headers(OPEN)
      .code(STATUS[error] ?? 400)
      .send({ error, ...(retryAfterMs > 0 && { retryAfterMs }) });
  const take = reportTaker(routes);
  const small = {
    bodyLimit: BODY_LIMIT_BYTES,
    errorHandler: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      const { statusCode = SERVER_ERROR } = error;
      if (statusCode >= SERVER_ERROR) throw error;
      return refuse(reply, statusCode === 413 ? 'too_large' : 'bad_message');
    },
  };
  app.options('/report', async (_request, reply) =>
    reply
      .headers({ ...OPEN, 'access-control-allow-headers': 'content-type', 'access-control-allow-methods': 'POST' })
      .code(204)
      .send(),
  );
  app.post('/report', small, async (request, reply) => {
    if (isTooLong(request)) return refuse(reply, 'too_large');
    const [error, retryAfterMs] = take(request.body, prefixOf(addressOf(request)));
    return error === undefined ? reply.headers(OPEN).code(201).send({}) : refuse(reply, error, retryAfterMs);
  });
  app.get('/report', async (_request, reply) => reply.headers(OPEN).send({ key: routes.reportsKey ?? null }));
  app.get('/removed/:id', async (request, reply) => {
    const retryAfterMs = visitors.open(prefixOf(addressOf(request)));
    if (retryAfterMs > 0) return refuse(reply, 'rate_limited', retryAfterMs);
    const { id } = request.params as { id: string };
    const docId = ID.test(id) ? decodeBase64url(id) : undefined;
    const removal = docId?.ok === true ? removals.find(docId.value) : undefined;
    if (removal === undefined) return refuse(reply, 'not_found');
    const { category, words, time, source } = removal;
    return reply.headers(OPEN).send({ category, words, time, followed: source !== '' });
  });
  if (published === undefined) return;
  app.get('/.well-known/archipel/removals', async (_request, reply) =>
    reply
      .headers({ ...OPEN, 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` })
      .type('application/octet-stream')
      .send(Buffer.from(await published.get())),
  );
}

/** REP-2: a link of another document would lead the host's people astray. */
function isOwnLink(body: ReportBody): boolean {
  if ('sealed' in body || body.link === '') return true;
  const { link, docId } = body;
  if (!URL.canParse(link)) return false;
  const { protocol, hash } = new URL(link);
  return (protocol === 'https:' || protocol === 'http:') && hash.split('.')[1] === docId;
}

function isTooLong({ headers, body }: FastifyRequest): boolean {
  const isSealedBody = typeof body === 'object' && body !== null && 'sealed' in body;
  return !isSealedBody && Number(headers['content-length'] ?? 0) > PLAIN_LIMIT_CHARACTERS;
}

/** Takes a report of an address prefix; why it does not, and the time to wait. */
type ReportTaker = (report: unknown, prefix: string) => [error?: ErrorName, retryAfterMs?: number];

/** REP-1 to REP-3. */
function reportTaker({ file, removals, limits, metrics, now }: ModerationRoutes): ReportTaker {
  const { reportsBurstPerPrefix: burst, reportsPerHourPerPrefix: perHour, reportsMax } = limits;
  const allowance = new Allowance({ burst, perHour }, now);
  return (body, prefix) => {
    const parsed = parseReport(body);
    if (parsed === undefined) return ['bad_message'];
    const { docId, category, ...said } = parsed;
    const waitMs = allowance.take(prefix, 1);
    if (waitMs > 0) return ['rate_limited', waitMs];
    const id = decodeBase64url(docId);
    if (!id.ok || encodeBase64url(id.value) !== docId) return ['bad_message'];
    try {
      const seconds = Math.floor(now() / SECOND_MS);
      const report = { ...UNSAID, category, ...said, docId: id.value };
      if (file.addReport(report, seconds, reportsMax) === false) return ['full'];
    } catch (error) {
      if (!(error instanceof NotWrittenError)) throw error;
      return ['disk_full'];
    }
    metrics.reportsTaken += 1;
    removals.refresh();
    return [];
  };
}
