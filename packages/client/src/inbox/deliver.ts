/** Sending for a request: the drop is there already, its link goes into the inbox; and taking it back. */
import {
  type Bytes,
  decodeBase64url,
  encodeBase64url,
  fail,
  type InboxHeader,
  ok,
  type Result,
} from '@archipel/protocol';
import {
  type Delivery,
  decodeFileRequest,
  encodeDelivery,
  type FileRequest,
  openWords,
  printLink,
  sealItem,
  senderKeysOf,
  signPermit,
  signWithdrawal,
} from '@archipel/protocol/secret';
import { dropOf } from '../drop/link.ts';
import { deleteDrop } from '../drop/manage.ts';
import { again, type RetryDeps } from '../drop/retry.ts';
import type { Uploaded } from '../drop/upload.ts';
import { hintOfOrigin } from '../relay-address.ts';
import { BYTES_TYPE, type FillInbox, fetchHeader, fillInboxOf, type InboxHost } from './link.ts';

const SEED_BYTES = 32;

export interface AskedRequest {
  inbox: FillInbox;
  request: FileRequest;
  header: InboxHeader;
}

/** What somebody is asked for. Errors: those of the relay, `bad_header`, `open_failed`, those of `decodeFileRequest`. */
export async function openRequest(deps: InboxHost & RetryDeps, inbox: FillInbox): Promise<Result<AskedRequest>> {
  const got = await fetchHeader(deps, inbox);
  if (!got.ok) return got;
  const words = await openWords(deps.suite, inbox.fill, got.value.header.words);
  const request = words.ok ? decodeFileRequest(words.value) : words;
  return request.ok ? ok({ inbox, request: request.value, header: got.value.header }) : request;
}

/** What whoever sends keeps, before it is sent: with it the very same item is sent again, and taken back. Texts alone. */
export interface SentDelivery {
  /** Of the item, base64url. */
  item: string;
  seed: string;
  /** Link to own of the drop, without `#`, and the origin of its host. */
  drop: string;
  host: string;
}

export interface Delivered {
  number: number;
  /** Unix seconds, by the relay's clock. */
  time: number;
}

/** What is made before the first byte of a drop is sent, and kept until it is delivered (ASK-7). */
export function newSeed({ suite }: Pick<InboxHost, 'suite'>): string {
  return encodeBase64url(suite.random(SEED_BYTES));
}

/** What makes a host count a drop for this request (ASK-3). */
export async function permitsOf(
  { suite, hpke }: Pick<InboxHost, 'suite' | 'hpke'>,
  { fill }: FillInbox,
  seed: string,
): Promise<(blobId: Bytes) => Promise<Bytes>> {
  const { signer } = await senderKeysOf(suite, hpke, bytesOf(seed));
  return (blobId) => signPermit(fill, signer.publicKey, blobId);
}

/** Seals it; nothing is sent yet. `seed`: of the permit of its drop. Error: `bad_header`. */
export async function sealDelivery(
  { suite, hpke }: Pick<InboxHost, 'suite' | 'hpke'>,
  { inbox, header }: AskedRequest,
  delivery: Delivery,
  { seed, ...drop }: Omit<SentDelivery, 'item'>,
): Promise<Result<SentDelivery>> {
  const sender = await senderKeysOf(suite, hpke, bytesOf(seed));
  const item = await sealItem(hpke, inbox.fill, header.inbox, sender, encodeDelivery(delivery));
  return item.ok ? ok({ item: encodeBase64url(item.value), seed, ...drop }) : item;
}

/** The link to view that travels in the item. `front`: where the link to fill was opened; another host is named. */
export function deliveredLink({ view, origin }: Pick<Uploaded, 'view' | 'origin'>, front: string): string {
  const isNamed = view.hints.length > 0 || origin === front;
  return printLink(isNamed ? view : { ...view, hints: [hintOfOrigin(origin)] });
}

/** The same again has no other effect (INBOX-6). Errors: those of the relay, `host_unreachable`. */
export async function deliver(
  deps: RetryDeps,
  { line }: FillInbox,
  { item }: SentDelivery,
): Promise<Result<Delivered>> {
  const body = bytesOf(item);
  const ask = { method: 'POST', path: `/${line.id}/items`, headers: BYTES_TYPE, body, signal: deps.signal };
  const sent = await again(deps, () => line.ask(ask));
  if (!sent.ok) return sent;
  const said = (await sent.value.json().catch(() => undefined)) as Partial<Delivered> | undefined;
  const { number, time } = said ?? {};
  return Number.isSafeInteger(number) && Number.isSafeInteger(time)
    ? ok({ number: number as number, time: time as number })
    : fail('bad_message');
}

/** Out of the inbox, and the drop deleted. `fragment`: of the link to fill. What is gone already is no error. */
export async function takeBack(
  deps: InboxHost & RetryDeps,
  fragment: string,
  { item, seed, drop: link, host }: SentDelivery,
): Promise<Result<void>> {
  const drop = await dropOf(deps.suite, link, host, deps.fetch);
  if (!drop.ok) return drop;
  const deleted = await deleteDrop(drop.value);
  if (!deleted.ok) return deleted;
  const inbox = await fillInboxOf(deps, fragment);
  if (!inbox.ok) return inbox;
  const { line, fill } = inbox.value;
  const sender = await senderKeysOf(deps.suite, deps.hpke, bytesOf(seed));
  const body = await signWithdrawal(sender, fill.inboxId, bytesOf(item));
  const ask = { method: 'POST', path: `/${line.id}/withdrawals`, headers: BYTES_TYPE, body, signal: deps.signal };
  const withdrawn = await again(deps, () => line.ask(ask));
  return withdrawn.ok || isGone(withdrawn.error) ? ok(undefined) : withdrawn;
}

function isGone(error: string): boolean {
  return error === 'deleted' || error === 'expired' || error === 'not_found';
}

function bytesOf(text: string): Bytes {
  const bytes = decodeBase64url(text);
  if (!bytes.ok) throw new TypeError('what was kept of a sending is damaged');
  return bytes.value;
}
