import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type * as Y from 'yjs';
import { t } from '../../../i18n/index.ts';
import { moveCaret, TITLE_MAX_LENGTH, titleText, writeTitle } from '../model/title.ts';

/**
 * The title, shared like the text: others see it letter by letter, and what they type beside our caret leaves it where
 * it was. Enter goes on to the text.
 */
export function TitleField({ ydoc, onEnter }: { ydoc: Y.Doc; onEnter: () => void }): VNode {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const text = titleText(ydoc);
    const draw = () => drawTitle(field.current, text.toString());
    draw();
    text.observe(draw);
    return () => text.unobserve(draw);
  }, [ydoc]);
  return (
    <input
      ref={field}
      class="pad-title"
      type="text"
      dir="auto"
      name="title"
      autocomplete="off"
      aria-label={t('pad.title.label')}
      placeholder={t('pad.title.placeholder')}
      maxLength={TITLE_MAX_LENGTH}
      onInput={(event) => {
        // While an input method composes, the field holds letters that are not meant yet.
        if (!event.isComposing) writeTitle(ydoc, event.currentTarget.value);
      }}
      onCompositionEnd={(event) => writeTitle(ydoc, event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.isComposing) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

function drawTitle(field: HTMLInputElement | null, title: string): void {
  if (field === null || field.value === title) return;
  const { value, selectionStart, selectionEnd } = field;
  const focused = document.activeElement === field;
  field.value = title;
  if (focused && selectionStart !== null && selectionEnd !== null) {
    field.setSelectionRange(moveCaret(value, title, selectionStart), moveCaret(value, title, selectionEnd));
  }
}
