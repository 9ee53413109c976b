import type { Document } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { forget } from '../../../documents/store.ts';
import type { PadDocument, PublishAnswer, Publisher } from '../model/document.ts';
import { PAD_FIELD } from '../model/field.ts';
import { picturesIn } from '../model/pictures.ts';
import { ownerAnswer } from './owner-answer.ts';
import type { DocumentPictures } from './pictures.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;

/** What an owner may decide about the whole pad. */
export function ownerWishes(
  document: Document,
  now: () => number,
  pictures: () => Promise<DocumentPictures>,
  publisher: () => Promise<Publisher>,
): Pick<PadDocument, 'setKeep' | 'changeLocks' | 'remove'> {
  const found = () => picturesIn(document.ydoc.getXmlFragment(PAD_FIELD));
  /** Its page never outlives a pad (PAGE-13). Most pads have none. */
  const withPage = async (wish: (page: Publisher) => Promise<PublishAnswer>): Promise<PublishAnswer> =>
    document.ydoc.getMap('page').size === 0 ? 'done' : wish(await publisher());
  return {
    setKeep: async (days) => {
      const expiry = days === null ? 0 : Math.floor(now() / SECOND_MS) + days * DAY_S;
      const isSooner = endOf(expiry) < endOf(document.header?.expiry ?? 0);
      const keepPage = () => withPage((page) => page.keepUntil(expiry));
      const before = isSooner ? await keepPage() : 'done';
      if (before !== 'done') return pageAnswer(before);
      const answer = ownerAnswer(await document.setExpiry(expiry));
      if (answer !== 'done' || isSooner) return answer;
      return (await keepPage()) === 'done' ? 'done' : 'page_late';
    },
    changeLocks: async () => {
      const answer = ownerAnswer(await document.changeLocks());
      if (answer === 'done' && found().length > 0) await (await pictures()).renew();
      return answer;
    },
    remove: async (isPageLeft = false) => {
      const all = found();
      const ended = isPageLeft ? 'done' : await withPage((page) => page.end());
      if (ended !== 'done') return pageAnswer(ended);
      const answer = ownerAnswer(await document.delete());
      if (answer === 'done') {
        if (all.length > 0) await (await pictures()).remove(all);
        // Closed first: an open document would be kept again.
        await document.close();
        await forget(encodeBase64url(document.docId));
      }
      return answer;
    },
  };
}

const endOf = (expiry: number): number => (expiry === 0 ? Number.POSITIVE_INFINITY : expiry);

function pageAnswer(answer: PublishAnswer): 'page_offline' | 'page_refused' {
  return answer === 'offline' ? 'page_offline' : 'page_refused';
}
