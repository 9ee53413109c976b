/** Birth, change and end of documents (docs/protocol.md §4, §8). */
import type { Bytes, ErrorName, Header, Order } from '@archipel/protocol';
import {
  checkHeader,
  decodeHeader,
  decodeOrder,
  docIdOf,
  encodeFrame,
  equal,
  headerHash,
  MAX_ORDER_SKEW_SECONDS,
  mayReplace,
  ORDER_DELETE,
  peekRecord,
  verifyOrder,
} from '@archipel/protocol';
import type { Ending } from '../../store/store.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';
import { changed } from './follow.ts';
import { scan } from './scan.ts';
import type { Subscription } from './subscription.ts';
import { replaceHeader, sayEnded } from './tell.ts';

/** How much farther than allowed an expiry may be, because clocks differ. */
const CLOCK_SLACK_SECONDS = 3600;
const QUIET_TRY_MS = 20;

/** HDR-4: neither past nor farther than this relay allows. */
function expiryError({ clock, config }: LogContext, { expiry }: Header): ErrorName | undefined {
  const { maxExpirySeconds } = config;
  if (expiry === 0) return maxExpirySeconds === 0 ? undefined : 'expiry_too_long';
  const now = Math.floor(clock.now() / 1000);
  const isTooFar = maxExpirySeconds > 0 && expiry > now + maxExpirySeconds + CLOCK_SLACK_SECONDS;
  return expiry <= now || isTooFar ? 'expiry_too_long' : undefined;
}

/** Undefined: created, or here already with the very same header. */
export async function create(context: LogContext, headerBytes: Bytes, voucher?: Bytes): Promise<ErrorName | undefined> {
  const decoded = decodeHeader(headerBytes);
  if (!decoded.ok) return decoded.error;
  const docId = docIdOf(decoded.value.kind, decoded.value.owner, context.sha256);
  return context.documents.creating(docId, createAs(context, docId, headerBytes, voucher));
}

async function createAs(
  context: LogContext,
  docId: Bytes,
  headerBytes: Bytes,
  voucher: Bytes | undefined,
): Promise<ErrorName | undefined> {
  const { store, verify, metrics, admission, removals } = context;
  const header = await checkHeader(docId, headerBytes, verify);
  if (!header.ok) return header.error;
  if (header.value.seq !== 1) return 'bad_header';
  if (removals?.has(docId) === true) return 'removed';
  const error = expiryError(context, header.value);
  if (error !== undefined) return error;
  const admitted = await admission?.admit(voucher, header.value);
  if (admitted?.ok === false) return unlessHere(context, docId, headerBytes, admitted.error);
  context.mirrors?.creating(docId, header.value);
  const outcome = await store.create(docId, headerBytes, header.value.expiry);
  admitted?.value.settle(outcome === 'created');
  if (outcome === 'created') {
    metrics.documentsCreated += 1;
    return undefined;
  }
  return outcome === 'exists' ? existing(context, docId, headerBytes) : outcome;
}

/** Whoever did not hear that it was created asks again, with a voucher that is used or when nothing more is taken. */
async function unlessHere(
  context: LogContext,
  docId: Bytes,
  headerBytes: Bytes,
  refusal: ErrorName,
): Promise<ErrorName | undefined> {
  const error = await existing(context, docId, headerBytes);
  return error === undefined ? undefined : refusal;
}

async function existing({ store }: LogContext, docId: Bytes, headerBytes: Bytes): Promise<ErrorName | undefined> {
  const stored = await store.load(docId, 1);
  if (typeof stored === 'string') return stored;
  return equal(stored.header, headerBytes) ? undefined : 'already_exists';
}

/** HDR-1, HDR-2, HDR-5. Undefined: taken, and everybody on the document was told; or it is the one the relay has. */
export async function changeHeader(
  context: LogContext,
  from: Subscription,
  headerBytes: Bytes,
): Promise<ErrorName | undefined> {
  const { document } = from;
  if (from.role !== 'own') return 'not_allowed';
  const failure = await context.refresher.keepUp(document);
  if (failure !== undefined) return failure;
  if (isHeld(from, headerBytes)) return undefined;
  const header = await checkHeader(document.docId, headerBytes, context.verify);
  if (!header.ok) return header.error;
  const error = headerError(context, document, header.value);
  if (error !== undefined) return error;
  const outcome = await document.exclusively(() => exchangeHeader(context, document, header.value, headerBytes));
  if (outcome !== 'conflict') return outcome;
  // Another process took this very header before the line to it broke, or another one.
  const missed = await context.refresher.keepUp(document);
  if (missed !== undefined) return missed;
  return isHeld(from, headerBytes) ? undefined : 'stale_header';
}

/** The very same header again is accepted without effect. */
function isHeld({ document, peer }: Subscription, headerBytes: Bytes): boolean {
  if (!equal(headerBytes, document.headerBytes)) return false;
  peer.send(encodeFrame(document.channel, [{ type: 'headerData', header: document.headerBytes }]));
  return true;
}

/** PEER-4: the header that another host has; undefined: it is the one here from now on, or was no news. */
export async function takeHeader(
  context: LogContext,
  document: Document,
  headerBytes: Bytes,
): Promise<ErrorName | undefined> {
  const header = await checkHeader(document.docId, headerBytes, context.verify);
  if (!header.ok) return header.error;
  const { seq, gen } = header.value;
  if (seq <= document.header.seq || gen < document.header.gen) return undefined;
  const outcome = await document.exclusively(() => putHeader(context, document, header.value, headerBytes));
  return outcome === 'conflict' ? 'stale_header' : outcome;
}

function headerError(context: LogContext, { header: current, headerBytes }: Document, next: Header) {
  const isNext = next.seq === current.seq + 1 && equal(next.previous ?? new Uint8Array(0), headerHash(headerBytes));
  if (!isNext) return 'stale_header';
  if (!mayReplace(current, next)) return 'bad_header';
  return next.expiry === current.expiry ? undefined : expiryError(context, next);
}

async function exchangeHeader(
  context: LogContext,
  document: Document,
  next: Header,
  bytes: Bytes,
): Promise<ErrorName | 'conflict' | undefined> {
  return next.seq === document.header.seq + 1 ? putHeader(context, document, next, bytes) : 'conflict';
}

async function putHeader(
  context: LogContext,
  document: Document,
  next: Header,
  bytes: Bytes,
): Promise<ErrorName | 'conflict' | undefined> {
  const own = new Uint8Array(bytes);
  const version = await context.store.putHeader(document.ref, document.headerBytes, own, next.expiry);
  if (typeof version === 'string') return version;
  const renewed = decodeHeader(own);
  if (renewed.ok) replaceHeader(context, document, renewed.value, own);
  changed(context, document, version);
  return undefined;
}

/** ORD-1 to ORD-3. Undefined: done and answered. */
export async function obey(context: LogContext, from: Subscription, orderBytes: Bytes): Promise<ErrorName | undefined> {
  const { document } = from;
  if (from.role !== 'own') return 'not_allowed';
  const order = decodeOrder(orderBytes);
  if (!order.ok) return order.error;
  if (!(await verifyOrder(context.verify, document.header.owner, document.docId, orderBytes))) return 'bad_signature';
  if (!isTimely(context, order.value)) return 'stale_order';
  const failure = await context.refresher.keepUp(document);
  if (failure !== undefined) return failure;
  const isDeletion = order.value.action === ORDER_DELETE;
  // Known before anybody hears that it is done.
  if (isDeletion) context.mirrors?.ordered(document.docId, orderBytes.slice());
  if (isDeletion) return end(context, document, 'deleted');
  const error = await eraseHistory(context, document);
  if (error === undefined) context.mirrors?.ordered(document.docId, orderBytes.slice());
  if (error === undefined) from.peer.send(encodeFrame(document.channel, [{ type: 'erased' }]));
  return error;
}

/** PEER-9: what another host was told by the owner. True: done, or there is nothing (any more) to obey it. */
export async function obeyElsewhere(context: LogContext, docId: Bytes, orderBytes: Bytes): Promise<boolean> {
  const order = decodeOrder(orderBytes);
  if (!order.ok) return true;
  const loaded = await context.documents.open(docId);
  if (typeof loaded === 'string') return loaded !== 'unavailable' && loaded !== 'disk_full';
  const { document } = loaded;
  if (!(await verifyOrder(context.verify, document.header.owner, docId, orderBytes))) return true;
  if (order.value.action === ORDER_DELETE) return isDone(await end(context, document, 'deleted'));
  return !isTimely(context, order.value) || isDone(await eraseHistory(context, document));
}

/** REM-2: what this host has taken down, if it is here; the error after which it is still here. */
export async function takeAway(context: LogContext, docId: Bytes): Promise<ErrorName | undefined> {
  const held = await context.documents.held(docId);
  if (typeof held !== 'string') {
    const error = await end(context, held.document, 'deleted', 'removed');
    return isDone(error) ? undefined : error;
  }
  return held === 'unavailable' || held === 'disk_full' ? held : undefined;
}

function isDone(error: ErrorName | undefined): boolean {
  return error === undefined || error === 'deleted' || error === 'expired';
}

function isTimely({ clock }: LogContext, { time }: Order): boolean {
  return Math.abs(Math.floor(clock.now() / 1000) - time) <= MAX_ORDER_SKEW_SECONDS;
}

/** From here on nobody is served; what was on its way to the disk is waited for, so that nothing is stored after the end. */
async function end(
  context: LogContext,
  document: Document,
  ending: Ending,
  said: Ending | 'removed' = ending,
): Promise<ErrorName | undefined> {
  const { store, metrics, documents, news } = context;
  if (document.ended !== undefined) return document.ended;
  document.ended = ending;
  document.holds += 1;
  while (document.pendingAppends > 0) await pause(context);
  const ended = await store.end(document.ref, ending);
  document.holds -= 1;
  if (ended !== 'ended') {
    document.ended = undefined;
    return ended;
  }
  metrics.documentsEnded += 1;
  news.changed(document);
  sayEnded(context, document, said);
  documents.drop(document);
  return undefined;
}

function pause({ clock }: LogContext): Promise<void> {
  return new Promise((resolve) => clock.setTimeout(resolve, QUIET_TRY_MS));
}

/** ORD-4: tells the readers; the sweep removes the contents. */
export async function expire(context: LogContext, document: Document): Promise<void> {
  // By another process its owner may have given it more time.
  if ((await context.refresher.keepUp(document)) !== undefined || document.ended !== undefined) return;
  if (document.goneBy(context.clock.now()) === undefined) return;
  document.ended = 'expired';
  sayEnded(context, document, 'expired');
}

/** ORD-3: what the last checkpoint covers, and the checkpoint before. */
async function eraseHistory(context: LogContext, document: Document): Promise<ErrorName | undefined> {
  if (document.checkpoint === undefined) return undefined;
  // It would be gone everywhere but where it was written.
  if (context.mirrors?.haveAll(document.docId, document.coveredBefore) === false) return 'unavailable';
  const positions: number[] = [];
  let bytes = 0;
  document.holds += 1;
  // From here on whoever catches up may miss some of it.
  document.erasedBefore = document.coveredBefore;
  const failure = await scan(context, document, document.tailFrom - 1, ({ position, body }) => {
    const place = peekRecord(body);
    const chain = place.ok ? document.chains.get(keyOf(place.value.session)) : undefined;
    if (place.ok && chain !== undefined && place.value.n < chain.covered) {
      positions.push(position);
      bytes += body.length;
    }
    return true;
  });
  const before = document.version;
  const version = failure ?? (await context.store.eraseHistory(document.ref, positions));
  document.holds -= 1;
  if (typeof version === 'string') return version;
  // Otherwise it was read anew meanwhile.
  if (document.version === before) {
    document.tailBytes -= bytes;
    document.historyBytes = 0;
  }
  changed(context, document, version);
  return undefined;
}
