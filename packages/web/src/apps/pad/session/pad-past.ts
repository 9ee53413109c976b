import type { Document } from '@archipel/client';
import { REMOTE_ORIGINS } from '@archipel/client';
import { signal } from '@preact/signals';
import { keepNote } from '../model/authors.ts';
import { writesText } from '../model/document.ts';
import type { PadPast } from '../model/past.ts';
import { identityOf } from '../model/people.ts';
import { ownerAnswer } from './owner-answer.ts';
import { followVisits } from './visit.ts';

/** The past of an open document, in the words of the view; who writes here is noted in it. */
export function padPast(document: Document, now: () => number): PadPast & { stop: () => void } {
  const isOpen = signal(document.header?.pastOpen === true);
  const visits = followVisits(document, now);
  const { ydoc, awareness } = document;
  const origins: readonly unknown[] = REMOTE_ORIGINS;
  const stops = [
    document.on('header', ({ pastOpen }) => {
      isOpen.value = pastOpen === true;
    }),
  ];
  if (writesText(document.cap)) {
    const identity = () => identityOf(awareness.getLocalState(), awareness.clientID);
    stops.push(keepNote(ydoc, { identity, now, isRemote: (origin) => origins.includes(origin) }));
  }
  return {
    isOpenToReaders: isOpen,
    lastVisit: visits.last,
    markSeen: visits.mark,
    open: async (progress) => {
      const { openPast } = await import('./past.ts');
      return openPast(document, visits.last.peek()?.seen, progress);
    },
    endStep: () => document.hide(),
    setOpenToReaders: async (yes) => ownerAnswer(await document.setPastOpen(yes)),
    erase: async () => ownerAnswer(await document.eraseHistory()),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
