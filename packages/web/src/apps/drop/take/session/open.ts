/** Opens the link of a drop, for the page that takes it. */
import { dropOf, openDrop } from '@archipel/client/drop';
import { fail, ok, type Result } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import * as received from '../../../../files/received.ts';
import { besideThePage } from '../../../../files/sealing.ts';
import { OpenedDrop, type Tickets } from '../model/opened-drop.ts';
import { Transfer } from '../model/transfer.ts';

const tickets: Tickets = {
  held: (docId) => received.heldTicket(docId, Date.now()),
  hold: (docId, ticket) => received.holdTicket(docId, ticket, Date.now()),
  drop: received.dropTicket,
  asked: (docId, fresh) => received.askedTicket(docId, fresh, Date.now()),
  alone: received.alone,
};

/** Resolves after so many milliseconds, when the network is back, or when `signal` says so. */
function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal?.addEventListener('abort', done);
  });
}

/** For looks at files, which wait for nothing else. */
export const reading = { wait: (ms: number) => wait(ms) };

export const newTransfer = (total: number): Transfer => new Transfer({ now: Date.now, wait }, total);

/** Errors: those of `dropOf` and of `openDrop`; `downloads_spent` where all are counted, and none of them here. */
export async function openTake(link: string, origin: string): Promise<Result<OpenedDrop>> {
  const drop = await dropOf(webSuite, link, origin);
  if (!drop.ok) return drop;
  const { keys, line } = drop.value;
  const offer = await openDrop({ suite: webSuite, ...reading }, keys, line);
  if (!offer.ok) return offer;
  const opened = await OpenedDrop.open({ suite: webSuite, sealer: besideThePage, tickets }, drop.value, offer.value);
  return opened.left === 0 && !opened.isCounted.value ? fail('downloads_spent') : ok(opened);
}
