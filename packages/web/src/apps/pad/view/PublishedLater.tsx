import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PublishedNoteProps } from '../publish/PublishedNote.tsx';
import { useLater } from './use-later.ts';

/** What the owner is told of the page of a pad; fetched when there is one, or was. */
export function PublishedLater(props: PublishedNoteProps): VNode | null {
  const { cap, ydoc } = props.document;
  const isKnown = useSignal(false);
  useEffect(() => {
    const page = ydoc.getMap('page');
    const look = () => {
      isKnown.value = cap === 'own' && page.size > 0;
    };
    look();
    page.observe(look);
    return () => page.unobserve(look);
  }, [cap, ydoc]);
  const Note = useLater(isKnown.value, () => import('../publish/PublishedNote.tsx').then((part) => part.PublishedNote));
  return Note && <Note {...props} />;
}
