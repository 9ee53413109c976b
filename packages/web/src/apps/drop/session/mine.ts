/** One's own drop, as its host has it now. */
import {
  changeDrop,
  type DownloadDeps,
  type Drop,
  type DropTerms,
  deleteDrop,
  dropOf,
  type Offer,
  openDrop,
  webFetch,
} from '@archipel/client/drop';
import { type ErrorName, encodeBase64url, ok, type Result } from '@archipel/protocol';
import { linkFor, printLink, webSuite } from '@archipel/protocol/secret';
import { forget, remember } from '../../../documents/store.ts';
import { linkTo } from '../../../shell/fragment.ts';
import { drop as meta } from '../meta.ts';

const SECOND_MS = 1000;

export interface MyDrop {
  offer: Offer;
  /** Whole address, to hand on. */
  viewLink: string;
  /** Origin of its host. */
  host: string;
  change(terms: DropTerms): Promise<Result<void>>;
  remove(): Promise<Result<void>>;
}

const deps: DownloadDeps = {
  suite: webSuite,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** `link`: fragment of a link to own. `titleOf`: what "My documents" calls it. Errors: those of `dropOf` and `openDrop`. */
export async function openMine(link: string, titleOf: (offer: Offer) => string): Promise<Result<MyDrop>> {
  const drop = await dropOf(webSuite, link, location.origin, webFetch);
  if (!drop.ok) return drop;
  const offer = await openDrop(deps, drop.value.keys, drop.value.line);
  if (!offer.ok) return offer;
  const hints = link.split('.')[3]?.split(',') ?? [];
  await remember(entryOf(drop.value, link, titleOf(offer.value), offer.value));
  return ok(myDrop(drop.value, offer.value, link, hints, titleOf));
}

function myDrop(drop: Drop, offer: Offer, link: string, hints: string[], titleOf: (offer: Offer) => string): MyDrop {
  const { keys, line } = drop;
  return {
    offer,
    viewLink: linkTo(meta.path, printLink(linkFor(keys, 'view', hints))),
    host: line.origin,
    change: async (terms) => {
      const changed = await changeDrop(drop, offer, terms);
      if (!changed.ok) return changed;
      offer.header = changed.value;
      await remember(entryOf(drop, link, titleOf(offer), offer));
      return ok(undefined);
    },
    remove: async () => {
      const removed = await deleteDrop(drop);
      if (removed.ok) await forget(encodeBase64url(keys.docId));
      return removed;
    },
  };
}

function entryOf({ keys }: Drop, link: string, title: string, { header }: Offer): Parameters<typeof remember>[0] {
  const docId = encodeBase64url(keys.docId);
  const expiresAt = header.expiry * SECOND_MS;
  return { docId, tool: meta.id, title, link: linkTo(meta.path, link), cap: 'own', openedAt: Date.now(), expiresAt };
}

/** Whether the drop changed meanwhile, in another tab perhaps: what is shown is to be asked anew. */
export const isStale = (error: ErrorName): boolean => error === 'stale_header';
