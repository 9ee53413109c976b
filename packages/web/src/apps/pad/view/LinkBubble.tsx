import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import type { PadState } from '../editor/commands.ts';
import { linkAtCaret, removeLink } from '../editor/link-edit.ts';
import { PadIcon } from './icons.tsx';

const GAP_PX = 6;
const MARGIN_PX = 8;

interface LinkBubbleProps {
  editor: Editor;
  state: Signal<PadState>;
  openLink: (href: string) => void;
  editLink: () => void;
}

/** Under the link the caret is in: where it leads, open, change, take off. The keyboard has the same on Ctrl+K. */
export function LinkBubble({ editor, state, openLink, editLink }: LinkBubbleProps): VNode | null {
  const bubble = useRef<HTMLElement>(null);
  const { link, focused } = state.value;
  const href = link && focused ? linkAtCaret(editor) : undefined;
  useLayoutEffect(() => {
    const element = bubble.current;
    if (element === null) return;
    const place = () => placeUnder(element, editor.view.coordsAtPos(editor.state.selection.from));
    place();
    window.addEventListener('scroll', place, { passive: true });
    window.addEventListener('resize', place);
    return () => {
      window.removeEventListener('scroll', place);
      window.removeEventListener('resize', place);
    };
  }, [href, editor]);
  if (href === undefined) return null;
  const keepFocus = (event: Event) => event.preventDefault();
  return (
    <section ref={bubble} class="pad-bubble" aria-label={t('pad.link.title')} onMouseDown={keepFocus}>
      <button
        type="button"
        class="pad-bubble-address"
        tabIndex={-1}
        title={t('pad.link.open')}
        onClick={() => openLink(href)}
      >
        <span>{href.replace(/^(https?:\/\/|mailto:|tel:)/, '')}</span>
        <PadIcon name="open" />
      </button>
      <button
        type="button"
        class="pad-tool"
        tabIndex={-1}
        aria-label={t('pad.link.edit')}
        title={t('pad.link.edit')}
        onClick={editLink}
      >
        <PadIcon name="link" />
      </button>
      <button
        type="button"
        class="pad-tool"
        tabIndex={-1}
        aria-label={t('pad.link.remove')}
        title={t('pad.link.remove')}
        onClick={() => removeLink(editor)}
      >
        <PadIcon name="unlink" />
      </button>
    </section>
  );
}

function placeUnder(element: HTMLElement, caret: { left: number; bottom: number }): void {
  const room = window.innerWidth - element.offsetWidth - MARGIN_PX;
  element.style.left = `${Math.max(MARGIN_PX, Math.min(caret.left, room))}px`;
  element.style.top = `${caret.bottom + GAP_PX}px`;
}
