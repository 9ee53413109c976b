/** Sending for a request: what is asked, delivering what was uploaded, and what this browser sent before. */
import type { Uploaded } from '@archipel/client/drop';
import {
  type AskedRequest,
  deliver,
  deliveredLink,
  fillInboxOf,
  newSeed,
  openRequest,
  permitsOf,
  sealDelivery,
  takeBack as takeBackFrom,
} from '@archipel/client/inbox';
import { type KeptDelivery, SentDeliveries, type WaitingAnswer } from '@archipel/client/storage';
import { type Bytes, encodeBase64url, ok, type Result } from '@archipel/protocol';
import { printLink } from '@archipel/protocol/secret';
import { requestHost } from './own.ts';

const kept = new SentDeliveries();

export interface Given {
  asked: AskedRequest;
  link: string;
}

/** `link`: fragment of a link to fill. Errors: those of `fillInboxOf` and `openRequest`. */
export async function openGiven(link: string): Promise<Result<Given>> {
  const host = await requestHost();
  const inbox = await fillInboxOf(host, link);
  const asked = inbox.ok ? await openRequest(host, inbox.value) : inbox;
  return asked.ok ? ok({ asked: asked.value, link }) : asked;
}

export const idOf = ({ asked }: Given): string => encodeBase64url(asked.inbox.fill.inboxId);

/** What is kept before the first byte, so that the drop stays the answer to this request whatever happens to the tab (ASK-7). */
export async function newAnswer(given: Given, name: string): Promise<WaitingAnswer> {
  const { link, asked } = given;
  return { inbox: idOf(given), link, title: asked.request.title, name, seed: newSeed(await requestHost()) };
}

/** What makes the host count the drop for this request. */
export async function permits({ asked }: Given, { seed }: WaitingAnswer): Promise<(blobId: Bytes) => Promise<Bytes>> {
  return permitsOf(await requestHost(), asked.inbox, seed);
}

/** A drop that is sent for a request. */
export interface AnsweringDrop {
  id: string;
  files: number;
  bytes: number;
  answer: WaitingAnswer;
}

/** Seals and keeps what was uploaded: from here on it is delivered, once, whatever happens to the tab. Error: `bad_header`. */
export async function keepDelivery(
  { asked }: Given,
  { id, files, bytes, answer }: AnsweringDrop,
  uploaded: Uploaded,
): Promise<Result<KeptDelivery>> {
  const before = await attempt(() => kept.get(id));
  if (before !== undefined) return ok(before);
  const { seed, name, inbox } = answer;
  const delivery = { name, files, bytes, link: deliveredLink(uploaded, location.origin) };
  const drop = { seed, drop: printLink(uploaded.own), host: uploaded.origin };
  const sealed = await sealDelivery(await requestHost(), asked, delivery, drop);
  if (!sealed.ok) return sealed;
  const one = { id, inbox, sentAt: Date.now(), files, bytes, sent: sealed.value };
  await attempt(() => kept.put(one));
  return ok(one);
}

/** Errors: those of `deliver`. */
export async function deliverKept({ asked }: Given, one: KeptDelivery): Promise<Result<KeptDelivery>> {
  const delivered = await deliver(await requestHost(), asked.inbox, one.sent);
  if (!delivered.ok) return delivered;
  const done = { ...one, delivered: delivered.value };
  await attempt(() => kept.put(done));
  return ok(done);
}

/** What this browser sent for this request, the newest first. */
export async function sentBefore(given: Given): Promise<KeptDelivery[]> {
  return (await attempt(() => kept.of(idOf(given)))) ?? [];
}

/** Errors: those of `takeBack` in the client. */
export async function takeBack({ link }: Given, one: KeptDelivery): Promise<Result<void>> {
  const taken = await takeBackFrom(await requestHost(), link, one.sent);
  if (taken.ok) await attempt(() => kept.remove(one.id));
  return taken;
}

/** Undefined where the browser keeps nothing. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
