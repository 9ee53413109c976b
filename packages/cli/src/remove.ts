/** `archipel remove`: takes down what this host keeps under an id. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Bytes, DOC_ID_BYTES, decodeBase64url, encodeBase64url } from '@archipel/protocol';
import { dayOf, type Moderation, withModeration } from './moderation-file.ts';
import { countOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const SECOND_MS = 1000;
const LOOK_MS = 200;
/** A host that runs carries it out within a second. */
const PATIENCE_MS = 4000;

export interface RemoveOptions {
  /** Or a link; empty: what was taken down is listed. */
  id: string;
  category: string;
  words: string;
  isUndo: boolean;
}

/** The exit code. */
export function remove({ id, category, words, isUndo }: RemoveOptions, terminal: Terminal): Promise<number> {
  return withModeration(terminal, async (file) => {
    if (id === '') return list(file, terminal);
    const docId = idOf(id);
    if (docId === undefined) return 'That is neither an id (27 letters, digits, - and _) nor a link.';
    if (isUndo) return undo(file, docId, terminal);
    const time = Math.floor(Date.now() / SECOND_MS);
    file.remove({ docId, category, words, time, source: '' });
    terminal.say('It is taken down: nobody can open it at this host, or create it here again.');
    const isGone = await untilGone(file, docId);
    terminal.say(
      isGone ? 'Nothing of it is kept any more.' : 'Its bytes go within a minute, or as soon as this host runs.',
    );
    return undefined;
  });
}

/** The id that a text is, or that a link or the address of a published page has. */
function idOf(text: string): Bytes | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const page = url && /^\/p\/([\w-]+)$/.exec(url.pathname)?.[1];
  const found = url === undefined ? text : (page ?? url.hash.split('.')[1]);
  const docId = decodeBase64url(found ?? '');
  return docId.ok && docId.value.length === DOC_ID_BYTES ? docId.value : undefined;
}

async function untilGone(file: Moderation, docId: Bytes): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && file.isDue(docId); waitedMs += LOOK_MS) await wait(LOOK_MS);
  return !file.isDue(docId);
}

async function undo(file: Moderation, docId: Bytes, terminal: Terminal): Promise<string | undefined> {
  if (file.restore(docId)) {
    terminal.say('That is taken back. What was removed does not come back.');
    return undefined;
  }
  const followed = file.removals().some((removal) => Buffer.from(removal.docId).equals(docId));
  return followed
    ? 'A host that this one follows has taken it down. To follow it no more: npm run archipel -- peer --url https://HOST --follow no'
    : 'This host has not taken that down.';
}

function list(file: Moderation, terminal: Terminal): undefined {
  const found = file.removals();
  for (const { docId, category, time, source, words } of found) {
    const by = source === '' ? '' : ` (as host ${source.slice(0, 12)} did)`;
    terminal.say(`${encodeBase64url(docId)}  ${dayOf(time)}  ${category}${by}  ${words}`.trimEnd());
  }
  terminal.say(found.length === 0 ? 'Nothing was taken down.' : `${countOf(found.length, 'removal')}.`);
}
