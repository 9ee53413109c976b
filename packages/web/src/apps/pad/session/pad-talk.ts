import type { Document } from '@archipel/client';
import { signal } from '@preact/signals';
import type { PadDocument } from '../model/document.ts';
import { ownThreads } from './own-threads.ts';
import { ownerAnswer } from './owner-answer.ts';

type PadTalk = Pick<PadDocument, 'remarks' | 'mayRemark' | 'ownThreads' | 'openToRemarks'>;

/** What is said about an open document, in the words of the view. */
export function padTalk(document: Document): PadTalk & { stop: () => void } {
  const mayRemark = signal(document.canRemark);
  return {
    remarks: document.remarks,
    mayRemark,
    ownThreads: ownThreads(document),
    openToRemarks: async () => ownerAnswer(await document.openToRemarks()),
    stop: document.on('header', () => {
      mayRemark.value = document.canRemark;
    }),
  };
}
