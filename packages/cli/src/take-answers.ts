/** `archipel get` with the link of whoever asked for files: all that was sent since the last time. */
import { join } from 'node:path';
import { type DownloadDeps, dropOf } from '@archipel/client/drop';
import { type Collected, Collection, openOwnRequest } from '@archipel/client/inbox';
import { JsonFile, nodeSuite } from '@archipel/client/node';
import type { ErrorName } from '@archipel/protocol';
import { type Delivery, decodeDelivery, fileNameFor } from '@archipel/protocol/secret';
import { printable, sentenceOf } from './drop-words.ts';
import { countOf } from './progress.ts';
import type { RequestPlace } from './request-link.ts';
import { statePath } from './sending.ts';
import { takeDrop } from './take-drop.ts';
import type { Terminal } from './terminal.ts';

/** Numbers of those that were taken. */
interface Taken {
  numbers: number[];
}

/** What went wrong with the whole; what cannot be taken of it is said, and tried again the next time. */
export async function takeAnswers(
  deps: DownloadDeps,
  { inbox, host }: RequestPlace,
  to: string,
  terminal: Terminal,
): Promise<ErrorName | undefined> {
  const request = await openOwnRequest({ ...host, ...deps }, inbox);
  if (!request.ok) return request.error;
  terminal.say(printable(request.value.request.title));
  const collection = new Collection(deps, inbox, decodeDelivery);
  const updated = await collection.update();
  if (!updated.ok) return updated.error;
  const journal = new JsonFile<Taken>(statePath('get', inbox.line.origin, [inbox.line.id, to]));
  const { numbers } = (await journal.load()) ?? { numbers: [] };
  const fresh = collection.items.filter(({ state, number }) => state === 'here' && !numbers.includes(number));
  if (fresh.length === 0) terminal.say('Nothing new was sent.');
  let failed: ErrorName | undefined;
  for (const item of fresh) {
    const error = await takeOne(deps, inbox.line.origin, item, to, terminal);
    if (error === undefined) await journal.save({ numbers: numbers.concat(item.number).sort((a, b) => a - b) });
    else terminal.complain(`${item.number}: ${sentenceOf(error)}`);
    if (error === undefined) numbers.push(item.number);
    failed ??= error;
  }
  return failed;
}

async function takeOne(
  deps: DownloadDeps,
  origin: string,
  { number, content }: Collected<Delivery>,
  to: string,
  terminal: Terminal,
): Promise<ErrorName | undefined> {
  // Whoever has the link may put in what nobody can read.
  if (content === undefined) return 'open_failed';
  const name = content.name.trim();
  terminal.say(`${number}. ${name === '' ? 'without a name' : printable(name)}, ${countOf(content.files, 'file')}`);
  const drop = await dropOf(nodeSuite, content.link, origin, fetch);
  if (!drop.ok) return drop.error;
  return takeDrop(deps, drop.value, join(to, fileNameFor(`${number} ${name}`.trim())), terminal);
}
