import type { Document, Storage } from '@archipel/client';
import type { ReadonlySignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Queue } from '../model/document.ts';
import { padDocument } from '../session/pad-document.ts';
import { PadView } from './PadView.tsx';

interface OpenedProps {
  document: Document;
  now: () => number;
  queue: ReadonlySignal<Queue | undefined>;
  storage: Storage;
}

/** The pad of an open document, from the client's side to the person's. */
export function Opened({ document, now, queue, storage }: OpenedProps): VNode {
  const open = useMemo(() => padDocument(document, now, queue, storage), [document]);
  useEffect(() => open.stop, [open]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      // With storage, what has not left waits in this browser; without, closing the page would lose it.
      if (document.unsaved > 0 && open.notices.value.includes('storage_blocked')) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [document, open]);
  return <PadView document={open} now={now} />;
}
