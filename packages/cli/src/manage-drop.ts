/** `archipel drop`: shows a drop, deletes it, or keeps it for longer. */
import { setTimeout as wait } from 'node:timers/promises';
import { changeDrop, type DownloadDeps, type Drop, deleteDrop, type Offer, openDrop } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import type { ErrorName } from '@archipel/protocol';
import { StartError } from '@archipel/relay/admin';
import { dropAt } from './drop-link.ts';
import { sayOffer, sentenceOf } from './drop-words.ts';
import { countOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const DAY_SECONDS = 86_400;
const SECOND_MS = 1000;

export interface ManageOptions {
  link: string;
  isDeletion: boolean;
  /** From now on; undefined: as it is. */
  days: number | undefined;
  /** Where the password of the link is; empty: it is asked for. */
  passwordFile: string;
}

/** The exit code. */
export async function manageDrop(options: ManageOptions, terminal: Terminal): Promise<number> {
  try {
    const drop = await dropAt(options.link, { file: options.passwordFile, terminal });
    const error = drop.ok ? await manage(drop.value, options, terminal) : drop.error;
    if (error === undefined) return DONE;
    terminal.complain(sentenceOf(error));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    terminal.complain(error.message);
  }
  return FAILED;
}

async function manage(
  drop: Drop,
  { isDeletion, days }: ManageOptions,
  terminal: Terminal,
): Promise<ErrorName | undefined> {
  const { keys, line } = drop;
  if ((isDeletion || days !== undefined) && keys.cap !== 'own') return 'not_allowed';
  if (isDeletion) return remove(drop, terminal);
  const deps: DownloadDeps = { suite: nodeSuite, wait: (ms) => wait(ms) };
  const offer = await openDrop(deps, keys, line);
  if (!offer.ok) return offer.error;
  if (days !== undefined) return keep(drop, offer.value, days, terminal);
  sayOffer(offer.value, terminal);
  for (const { name } of offer.value.manifest.files) terminal.say(`  ${name}`);
  const { downloads, expiry } = offer.value.header;
  const most = downloads === 0 ? '' : ` of ${downloads.toLocaleString('en')}`;
  terminal.say(`Kept until ${dateOf(expiry)}; taken ${offer.value.taken.toLocaleString('en')}${most} times.`);
  return undefined;
}

function dateOf(seconds: number): string {
  return new Date(seconds * SECOND_MS).toISOString().slice(0, 16).replace('T', ' ');
}

async function remove(drop: Drop, terminal: Terminal): Promise<ErrorName | undefined> {
  const removed = await deleteDrop(drop);
  if (!removed.ok) return removed.error;
  terminal.say('The drop is deleted.');
  return undefined;
}

async function keep(drop: Drop, offer: Offer, days: number, terminal: Terminal): Promise<ErrorName | undefined> {
  const expiry = Math.floor(Date.now() / SECOND_MS) + days * DAY_SECONDS;
  const changed = await changeDrop(drop, offer, { expiry, downloads: offer.header.downloads });
  if (!changed.ok) return changed.error;
  terminal.say(`Kept for ${countOf(days, 'day')}, until ${dateOf(expiry)}.`);
  return undefined;
}
