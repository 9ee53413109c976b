import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { language, t } from '../../../../i18n/index.ts';
import { personClass } from '../../../../ui/PeopleList.tsx';
import { drawPast } from '../../editor/past-schema.ts';
import type { PastPerson } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';
import { calloutNames } from '../callout-names.ts';

interface PastSheetProps {
  drawing: PastDrawing;
  people: readonly PastPerson[];
  /** Each piece in its author's colour. */
  coloured: boolean;
}

/** The text of a moment, to read. */
export function PastSheet({ drawing, people, coloured }: PastSheetProps): VNode {
  const sheet = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const drawn = drawPast(drawing.doc, document);
    const names = calloutNames();
    for (const callout of drawn.querySelectorAll<HTMLElement>('[data-callout]')) {
      callout.setAttribute('aria-label', names[callout.dataset.callout as keyof typeof names] ?? '');
    }
    if (coloured) {
      for (const piece of drawn.querySelectorAll<HTMLElement>('[data-person]')) {
        piece.classList.add(personClass(people[Number(piece.dataset.person)]?.colour ?? 0));
      }
    }
    sheet.current?.replaceChildren(drawn);
  }, [drawing, people, coloured]);
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
