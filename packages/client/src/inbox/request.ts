/** A request for files, for whoever asks: made, changed, ended. */
import {
  type Bytes,
  type DropLimits,
  fail,
  type InboxHeader,
  inboxHeaderHash,
  KIND_INBOX,
  MAX_SEALED_MANIFEST_BYTES,
  ok,
  type Result,
} from '@archipel/protocol';
import {
  createKeys,
  decodeFileRequest,
  encodeFileRequest,
  type FileRequest,
  fillLinkFor,
  type Link,
  linkFor,
  openWords,
  sealedSize,
  sealWords,
  signInboxHeader,
} from '@archipel/protocol/secret';
import { again, type RetryDeps } from '../drop/retry.ts';
import { BYTES_TYPE, fetchHeader, type InboxHost, type OwnInbox, ownInbox } from './link.ts';

/** What the relay watches over (ASK-2). */
export interface RequestTerms {
  /** Unix seconds. */
  closes: number;
  expiry: number;
  /** How many times files may be sent. */
  maxItems: number;
}

/** ASK-4: `maxBytes` of one sending as its words say, `allBytes` of all drops that are there together; 0 as much as the host takes. */
export function dropLimitsOf({ maxBytes }: Pick<FileRequest, 'maxBytes'>, allBytes: number): DropLimits {
  return { each: maxBytes === 0 ? 0 : sealedSize(maxBytes) + MAX_SEALED_MANIFEST_BYTES, all: allBytes };
}

export interface AskWish extends RequestTerms {
  request: FileRequest;
  /** Of all drops that are there together, sealed; left out: as much as the host takes. */
  allBytes?: number;
  voucher?: string;
}

export interface OwnRequest {
  inbox: OwnInbox;
  request: FileRequest;
  header: InboxHeader;
  bytes: Bytes;
}

/** Its links; hints are added by whoever shows them elsewhere. Errors: those of the relay, `host_unreachable`. */
export async function askForFiles(
  deps: InboxHost & RetryDeps,
  { request, voucher, allBytes = 0, ...terms }: AskWish,
): Promise<Result<{ own: Link; fill: Link }>> {
  const { suite, signal } = deps;
  const inbox = await ownInbox(deps, await createKeys(suite, KIND_INBOX));
  const words = await sealWords(suite, inbox.fill, encodeFileRequest(request));
  const drops = dropLimitsOf(request, allBytes);
  const fields = { seq: 1, ...terms, maxBytes: 0, drops, words };
  const body = await signInboxHeader(inbox.keys, inbox.fill, inbox.inboxKey.publicKey, fields);
  const headers = { ...BYTES_TYPE, ...(voucher !== undefined && { 'archipel-voucher': voucher }) };
  const made = await again(deps, () => inbox.line.ask({ method: 'POST', headers, body, signal }));
  return made.ok ? ok({ own: linkFor(inbox.keys, 'own'), fill: fillLinkFor(inbox.fill) }) : made;
}

/** Errors: those of the relay, `bad_header`, `open_failed`, those of `decodeFileRequest`. */
export async function openOwnRequest(deps: InboxHost & RetryDeps, inbox: OwnInbox): Promise<Result<OwnRequest>> {
  const got = await fetchHeader(deps, inbox);
  if (!got.ok) return got;
  const { header, bytes } = got.value;
  const words = await openWords(deps.suite, inbox.fill, header.words);
  const request = words.ok ? decodeFileRequest(words.value) : words;
  return request.ok ? ok({ inbox, request: request.value, header, bytes }) : request;
}

/** A drop that counts for a request now. */
export interface CountedDrop {
  /** As in its link. */
  id: string;
  /** Of the item that announces it. */
  sender: string;
  /** Bytes, sealed. */
  length: number;
  isWhole: boolean;
}

/** ASK-8, as the relay says. Errors: those of the relay, `host_unreachable`, `bad_message`. */
export async function countedDrops(deps: RetryDeps, { line }: OwnInbox): Promise<Result<CountedDrop[]>> {
  const ask = { method: 'GET', path: `/${line.id}/drops`, role: 'own', signal: deps.signal } as const;
  const got = await again(deps, () => line.ask(ask));
  if (!got.ok) return got;
  const said = (await got.value.json().catch(() => undefined)) as { drops?: unknown } | undefined;
  const drops = Array.isArray(said?.drops) ? (said.drops as Partial<CountedDrop>[]) : undefined;
  return drops?.every(isCounted) ? ok(drops as CountedDrop[]) : fail('bad_message');
}

function isCounted(drop: Partial<CountedDrop> | null): boolean {
  const { id, sender, length, isWhole } = drop ?? {};
  return [typeof id, typeof sender, typeof isWhole].join() === 'string,string,boolean' && Number.isSafeInteger(length);
}

/** INBOX-2: closed, opened again, kept longer, or with other limits. Errors: those of the relay, `host_unreachable`. */
export async function changeRequest(
  deps: InboxHost & RetryDeps,
  { inbox, header, bytes, request }: OwnRequest,
  { allBytes, ...terms }: Partial<RequestTerms> & Pick<AskWish, 'allBytes'>,
): Promise<Result<OwnRequest>> {
  const { closes, expiry, maxItems } = { ...header, ...terms };
  const words = await sealWords(deps.suite, inbox.fill, encodeFileRequest(request));
  const previous = inboxHeaderHash(bytes);
  const { maxBytes, seq } = header;
  const drops = header.drops && { ...header.drops, ...(allBytes !== undefined && { all: allBytes }) };
  const kept = { maxBytes, ...(drops !== undefined && { drops }), words, previous };
  const fields = { seq: seq + 1, closes: Math.min(closes, expiry), expiry, maxItems, ...kept };
  const body = await signInboxHeader(inbox.keys, inbox.fill, inbox.inboxKey.publicKey, fields);
  const { line } = inbox;
  const ask = { method: 'PUT', path: `/${line.id}/header`, headers: BYTES_TYPE, body, signal: deps.signal };
  const put = await again(deps, () => line.ask(ask));
  if (!put.ok) return put;
  const next = await fetchHeader(deps, inbox);
  return next.ok ? ok({ inbox, request, ...next.value }) : next;
}

/** INBOX-9; the drop stays until it ends: only whoever sent it can delete it. */
export function deleteItem(deps: RetryDeps, { line }: OwnInbox, number: number): Promise<Result<Response>> {
  return again(deps, () => line.ask({ method: 'DELETE', path: `/${line.id}/items/${number}`, role: 'own' }));
}

/** With all that was sent. Being gone already is no error. */
export async function endRequest(deps: RetryDeps, { line }: OwnInbox): Promise<Result<void>> {
  const ended = await again(deps, () => line.ask({ method: 'DELETE', path: `/${line.id}`, role: 'own' }));
  if (ended.ok || ended.error === 'deleted' || ended.error === 'not_found') return ok(undefined);
  return fail(ended.error);
}
