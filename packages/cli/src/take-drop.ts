/** Takes one drop into a folder: verified, named, gone on with where it stopped. */
import {
  type DownloadDeps,
  type Drop,
  newTicket,
  type Offer,
  openDrop,
  takeBody,
  takeTicket,
} from '@archipel/client/drop';
import { DropFolder } from '@archipel/client/node';
import type { ErrorName, Result } from '@archipel/protocol';
import { bodySizeOf } from '@archipel/protocol/secret';
import { sayOffer } from './drop-words.ts';
import type { Terminal } from './terminal.ts';
import { TransferLine } from './transfer-line.ts';

/** What went wrong. Rejects with the errors of the file system. */
export async function takeDrop(
  deps: DownloadDeps,
  drop: Drop,
  to: string,
  terminal: Terminal,
): Promise<ErrorName | undefined> {
  const { keys, line } = drop;
  const offer = await openDrop(deps, keys, line);
  if (!offer.ok) return offer.error;
  sayOffer(offer.value, terminal);
  const folder = await DropFolder.open(to, line.id, offer.value.manifest);
  const taken = await fill(deps, drop, offer.value, folder, terminal);
  if (!taken.ok) return taken.error;
  for (const name of await folder.finish()) terminal.say(name);
  return undefined;
}

async function fill(
  deps: DownloadDeps,
  { keys, line }: Drop,
  offer: Offer,
  folder: DropFolder,
  terminal: Terminal,
): Promise<Result<void>> {
  const total = bodySizeOf(offer.manifest);
  const progress = new TransferLine(terminal, 'Receiving');
  const takeWith = (ticket: string): Promise<Result<void>> => {
    const write = async (bytes: Uint8Array): Promise<void> => {
      await folder.write(bytes);
      progress.show(folder.have, total);
    };
    return takeBody(deps, keys, line, { offer, ticket, have: folder.have, write });
  };
  try {
    const before = folder.ticket === undefined || folder.ticket === '' ? undefined : await takeWith(folder.ticket);
    // A ticket that is too old is told by this: then it counts as another download.
    if (before !== undefined && (before.ok || before.error !== 'not_allowed')) return before;
    // Kept before it is asked for: whatever is lost meanwhile, it is this download (BLOB-11).
    await folder.keepTicket(newTicket(deps.suite));
    const ticket = await takeTicket(deps, line, folder.ticket ?? '');
    return ticket.ok ? await takeWith(ticket.value) : ticket;
  } finally {
    await folder.pause();
  }
}
