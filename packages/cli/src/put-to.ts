/** `archipel put --to`: sends files to whoever asked for them. */
import { setTimeout as wait } from 'node:timers/promises';
import { deliver, fillInboxOf, openRequest, type SentDelivery, sealDelivery } from '@archipel/client/inbox';
import { JsonFile } from '@archipel/client/node';
import type { ErrorName } from '@archipel/protocol';
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
    const { request, header } = asked.value;
    terminal.say(`For: ${printable(request.title)}`);
    if (request.asksName && name === '') throw new StartError('Say who you are: --name "NAME". Nothing was sent.');
    const { origin } = asked.value.inbox.line;
    const journal = new JsonFile<SentDelivery>(statePath('deliver', `${origin} ${fragment}`, paths));
    // What was interrupted after its files were sent is the same sending.
    let sent = await journal.load();
    if (sent === undefined) {
      const now = Math.floor(Date.now() / SECOND_MS);
      if (header.closes <= now) return 'closed';
      const expiry = Math.min(header.expiry, now + DROP_DAYS * DAY_SECONDS);
      const wish = { origin, message, downloads: 0, expiry };
      const files = await sendFiles(paths, wish, terminal, signal, (count, bytes) => checkSize(request, count, bytes));
      if (!files.ok) return files.error;
      const { own, view, count, bytes } = files.value;
      const delivery = { name, files: count, bytes, link: printLink(view) };
      const sealed = await sealDelivery(host, asked.value, delivery, { drop: printLink(own), host: origin });
      if (!sealed.ok) return sealed.error;
      sent = sealed.value;
      await journal.save(sent);
    }
    const delivered = await deliver(deps, asked.value.inbox, sent);
    if (!delivered.ok) return giveUp(delivered.error, journal);
    await journal.clear();
    say(sent, delivered.value, terminal);
    return undefined;
  });
}

/** What can never be delivered is not tried again. */
async function giveUp(error: ErrorName, journal: JsonFile<SentDelivery>): Promise<ErrorName> {
  if (error === 'closed' || error === 'document_full' || error === 'deleted' || error === 'expired')
    await journal.clear();
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
