import type { Document } from '@archipel/client';

const NOTE = 'threads';
const MAX_IDS = 2000;

/** The comments that were begun in this browser, kept with the document on this machine. */
export interface OwnThreads {
  has(id: string): boolean;
  add(id: string): void;
}

export function ownThreads(document: Document): OwnThreads {
  const ids = new Set<string>();
  const read = document.note(NOTE).then((bytes) => {
    for (const id of bytes ? new TextDecoder().decode(bytes).split('\n') : []) ids.add(id);
  });
  return {
    has: (id) => ids.has(id),
    add: (id) => {
      ids.add(id);
      void read.then(() => document.setNote(NOTE, new TextEncoder().encode([...ids].slice(-MAX_IDS).join('\n'))));
    },
  };
}
