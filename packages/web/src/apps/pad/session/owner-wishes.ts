import type { Document } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { forget } from '../../../documents/store.ts';
import type { PadDocument } from '../model/document.ts';
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
): Pick<PadDocument, 'setKeep' | 'changeLocks' | 'remove'> {
  const found = () => picturesIn(document.ydoc.getXmlFragment(PAD_FIELD));
  return {
    setKeep: async (days) => {
      const expiry = days === null ? 0 : Math.floor(now() / SECOND_MS) + days * DAY_S;
      return ownerAnswer(await document.setExpiry(expiry));
    },
    changeLocks: async () => {
      const answer = ownerAnswer(await document.changeLocks());
      if (answer === 'done' && found().length > 0) await (await pictures()).renew();
      return answer;
    },
    remove: async () => {
      const all = found();
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
