import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { language, t } from '../../../../i18n/index.ts';
import type { PastPerson } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';
import { SheetDrawing } from './draw-sheet.ts';

interface PastSheetProps {
  drawing: PastDrawing;
  people: readonly PastPerson[];
  /** Each piece in its author's colour. */
  coloured: boolean;
}

/** The text of a moment, to read. */
export function PastSheet({ drawing, people, coloured }: PastSheetProps): VNode {
  const sheet = useRef<HTMLDivElement>(null);
  const drawn = useRef<SheetDrawing>(undefined);
  useLayoutEffect(() => {
    const next = sheet.current ? new SheetDrawing(sheet.current, people, coloured) : undefined;
    drawn.current = next;
    return () => next?.stop();
  }, [people, coloured]);
  useLayoutEffect(() => drawn.current?.draw(drawing), [drawing, people, coloured]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard, too.
    <section class="past-sheet" tabIndex={0} aria-label={t('pad.past.text')}>
      {drawing.title !== '' && (
        <p class="past-title" dir="auto">
          {drawing.title}
        </p>
      )}
      <div ref={sheet} class={`tiptap pad-text past-text ${coloured ? 'is-coloured' : ''}`} lang={language.value} />
    </section>
  );
}
