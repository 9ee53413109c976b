/**
 * Carries inboxes to another store. Of one that is there already only what changed since comes, so it can be done again and again: while
 * people go on, and once more when nobody does.
 */
import { createHash } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import { inStep } from './in-step.ts';
import type { InboxStore, MovedInbox, MovedItem } from './inboxes.ts';
import { MoveError } from './move-error.ts';

const PAGE_BYTES = 256 * 1024;

/** `quiet`: nothing changes the source any more, so what was carried must be what arrived. How many there are. Rejects with MoveError and as the stores do. */
export async function moveInboxes(
  source: InboxStore,
  target: InboxStore,
  quiet: boolean,
  signal: AbortSignal,
): Promise<number> {
  const listing = (store: InboxStore) => ({
    page: (after: Bytes | undefined, limit: number) => store.list(after, limit),
    idOf: ({ inboxId }: MovedInbox) => inboxId,
  });
  let count = 0;
  for await (const [here, there] of inStep(listing(source), listing(target))) {
    if (signal.aborted) return count;
    if (here === undefined && there !== undefined) await target.erase(there.inboxId);
    if (here === undefined) continue;
    count += 1;
    if (there !== undefined && isSame(here, there)) continue;
    const from = there?.state === here.state && there.change <= here.change ? there.change : undefined;
    if (from === undefined) await target.erase(here.inboxId);
    await carry(source, target, here, from ?? 0);
    if (await isCarried(source, target, here.inboxId)) continue;
    // What was there was not of this inbox, or it changed meanwhile.
    await target.erase(here.inboxId);
    await carry(source, target, here, 0);
    if (quiet && !(await isCarried(source, target, here.inboxId)))
      throw new MoveError('What is in an inbox did not arrive as it was read.');
  }
  return count;
}

async function carry(source: InboxStore, target: InboxStore, inbox: MovedInbox, from: number): Promise<void> {
  for (let after = from; after < inbox.change; ) {
    const items = (await source.items(inbox.inboxId, after, PAGE_BYTES)).filter(({ change }) => change <= inbox.change);
    const last = items.at(-1);
    if (last === undefined) break;
    after = last.change;
    await target.import({ ...inbox, change: after }, items);
  }
  await target.import(inbox, []);
}

function isSame(a: MovedInbox, b: MovedInbox): boolean {
  const names = ['state', 'expiry', 'ended', 'last', 'change', 'bytes'] as const;
  return equal(a.header, b.header) && names.every((name) => a[name] === b[name]);
}

async function isCarried(source: InboxStore, target: InboxStore, inboxId: Bytes): Promise<boolean> {
  const [here, there] = await Promise.all([digestOf(source, inboxId), digestOf(target, inboxId)]);
  return here === there;
}

async function digestOf(store: InboxStore, inboxId: Bytes): Promise<string> {
  const hash = createHash('sha256');
  for (let after = 0; ; ) {
    const items = await store.items(inboxId, after, PAGE_BYTES);
    const last = items.at(-1);
    if (last === undefined) return hash.digest('hex');
    for (const item of items) hash.update(headOf(item)).update(item.hash).update(item.body);
    after = last.change;
  }
}

function headOf({ number, change, time, state, body }: MovedItem): string {
  return `${number} ${change} ${time} ${state} ${body.length} `;
}
