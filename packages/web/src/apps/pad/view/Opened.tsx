import type { Document } from '@archipel/client';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { padDocument } from '../session/pad-document.ts';
import { PadView } from './PadView.tsx';

/** The pad of an open document, from the client's side to the person's. */
export function Opened({ document, now }: { document: Document; now: () => number }): VNode {
  const open = useMemo(() => padDocument(document, now), [document]);
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
