/** `archipel put --to`: sends files to whoever asked for them. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type AskedRequest,
  deliver,
  deliveredLink,
  fillInboxOf,
  type InboxHost,
  newSeed,
  openRequest,
  permitsOf,
  type SentDelivery,
  sealDelivery,
} from '@archipel/client/inbox';
import { JsonFile } from '@archipel/client/node';
import { type ErrorName, fail, ok, type Result } from '@archipel/protocol';
import { type FileRequest, printLink } from '@archipel/protocol/secret';
import { StartError } from '@archipel/relay/admin';
import { printable } from './drop-words.ts';
import { countOf, sizeOf } from './progress.ts';
import { hostAndFragment } from './request-link.ts';
import { sendFiles, sending, statePath } from './sending.ts';
import type { Terminal } from './terminal.ts';

const SECOND_MS = 1000;
/** The longest that a host keeps files when it says nothing else; a request may last longer. */
const DROP_DAYS = 30;
const DAY_SECONDS = 86_400;
const FINAL: ReadonlySet<ErrorName> = new Set([
  'closed',
  'document_full',
  'too_large',
  'upload_incomplete',
  'deleted',
  'expired',
]);

export interface PutToOptions {
  paths: readonly string[];
  link: string;
  name: string;
  message: string;
}

/** The exit code. */
export function putTo({ paths, link, name, message }: PutToOptions, terminal: Terminal): Promise<number> {
  return sending(terminal, async (signal) => {
    const place = await hostAndFragment(link);
    if (!place.ok) return place.error;
    const { host, fragment } = place.value;
    const deps = { ...host, wait: (ms: number) => wait(ms, undefined, { signal }), signal };
    const inbox = await fillInboxOf(host, fragment);
    const asked = inbox.ok ? await openRequest(deps, inbox.value) : inbox;
    if (!asked.ok) return asked.error;
    const { request } = asked.value;
    terminal.say(`For: ${printable(request.title)}`);
    if (request.asksName && name === '') throw new StartError('Say who you are: --name "NAME". Nothing was sent.');
    const { line } = asked.value.inbox;
    const journal = new JsonFile<Begun>(statePath('deliver', `${line.origin} ${fragment}`, paths));
    const sending: Sending = { host, asked: asked.value, journal, front: new URL(link).origin, fragment, name };
    // What was interrupted after its files were sent is the same sending.
    const begun = (await journal.load()) ?? { seed: newSeed(host) };
    const sent = isSealed(begun)
      ? ok(begun)
      : await sendDrop(sending, begun.seed, { paths, message }, terminal, signal);
    if (!sent.ok) return giveUp(sent.error, journal);
    const delivered = await deliver(deps, asked.value.inbox, sent.value);
    if (!delivered.ok) return giveUp(delivered.error, journal);
    await journal.clear();
    say(sent.value, delivered.value, terminal);
    return undefined;
  });
}

/** Before the first byte the secret of the item, then all that is delivered (ASK-7). */
type Begun = Pick<SentDelivery, 'seed'> & Partial<SentDelivery>;

const isSealed = (begun: Begun): begun is SentDelivery => begun.item !== undefined;

interface Sending {
  host: InboxHost;
  asked: AskedRequest;
  journal: JsonFile<Begun>;
  /** Origin of the link to fill, and what stands behind its `#`. */
  front: string;
  fragment: string;
  name: string;
}

/** Sends the files as a drop for the request, and seals what announces it. Errors: those of `sendFiles`, `closed`, `bad_header`. */
async function sendDrop(
  { host, asked, journal, front, fragment, name }: Sending,
  seed: string,
  { paths, message }: Pick<PutToOptions, 'paths' | 'message'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Result<SentDelivery>> {
  const { inbox, header, request } = asked;
  const { origin } = inbox.line;
  const now = Math.floor(Date.now() / SECOND_MS);
  if (header.closes <= now) return fail('closed');
  await journal.save({ seed });
  const expiry = Math.min(header.expiry, now + DROP_DAYS * DAY_SECONDS);
  const wish = { origin, message, downloads: 0, expiry, permit: await permitsOf(host, inbox, seed) };
  let sealed: Result<SentDelivery> = fail('bad_header');
  const files = await sendFiles(paths, wish, terminal, signal, {
    place: `${origin} ${fragment}`,
    fits: (count, bytes) => checkSize(request, count, bytes),
    whenSent: async (drop) => {
      const delivery = { name, files: drop.count, bytes: drop.bytes, link: deliveredLink(drop, front) };
      sealed = await sealDelivery(host, asked, delivery, { seed, drop: printLink(drop.own), host: drop.origin });
      if (sealed.ok) await journal.save(sealed.value);
      return sealed;
    },
  });
  return files.ok ? sealed : files;
}

/** What can never be delivered is not tried again. */
async function giveUp(error: ErrorName, journal: JsonFile<Begun>): Promise<ErrorName> {
  if (FINAL.has(error)) await journal.clear();
  return error;
}

function checkSize({ maxFiles, maxBytes }: FileRequest, count: number, bytes: number): void {
  if (maxFiles > 0 && count > maxFiles) {
    throw new StartError(`Whoever asks wants at most ${countOf(maxFiles, 'file')}. Nothing was sent.`);
  }
  if (maxBytes > 0 && bytes > maxBytes) {
    throw new StartError(`Whoever asks wants at most ${sizeOf(maxBytes)}. Nothing was sent.`);
  }
}

function say(
  { drop, host }: SentDelivery,
  { number, time }: { number: number; time: number },
  terminal: Terminal,
): void {
  const at = new Date(time * SECOND_MS).toISOString().slice(0, 16).replace('T', ' ');
  terminal.say(`Delivered as number ${number}, ${at} UTC.`);
  terminal.say('With this link, which is yours alone, the files can be deleted again:');
  terminal.say(`${host}/drop#${drop}`);
}
