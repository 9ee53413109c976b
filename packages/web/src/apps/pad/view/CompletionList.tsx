import type { Editor } from '@tiptap/core';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../../../ui/toasts.ts';
import type { Completion, CompletionQuery } from '../editor/completion.ts';

/** One line of the list. `words` are what is read aloud. */
export interface CompletionItem {
  id: string;
  words: string;
  shown: ComponentChildren;
}

interface CompletionListProps {
  editor: Editor;
  completion: Completion;
  query: CompletionQuery;
  items: readonly CompletionItem[];
  label: string;
  /** Said when the list opens and when other items come. */
  said: string;
  take: (item: CompletionItem, query: CompletionQuery) => void;
}

const LIST_ID = 'pad-completion';
const GAP_PX = 6;
const MARGIN_PX = 8;

/** Under what is being typed: what it may become. The caret stays in the text; arrows choose, Enter or Tab takes. */
export function CompletionList(props: CompletionListProps): VNode | null {
  const { editor, completion, query, items, label, said, take } = props;
  const [chosen, choose] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const at = Math.min(chosen, items.length - 1);
  useLayoutEffect(() => {
    completion.takeKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => {
      const item = items[at];
      if (item === undefined || ctrlKey || metaKey || altKey || shiftKey) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (step !== undefined) choose((at + step + items.length) % items.length);
      else if (key === 'Enter' || key === 'Tab') take(item, query);
      else return false;
      return true;
    };
    return () => {
      completion.takeKey = null;
    };
  });
  useEffect(() => choose(0), [query.typed]);
  useActive(editor.view.dom, items.length > 0 ? at : undefined);
  useEffect(() => {
    if (items.length > 0) announce(said);
  }, [items.map(({ id }) => id).join()]);
  useLayoutEffect(() => {
    if (list.current) placeUnder(list.current, editor.view.coordsAtPos(query.from));
  });
  if (items.length === 0) return null;
  return (
    <div ref={list} id={LIST_ID} class="pad-completion" role="listbox" aria-label={label}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the keys are those of the text, where the focus stays.
        <div
          key={item.id}
          id={`${LIST_ID}-${index}`}
          role="option"
          aria-selected={index === at}
          aria-label={item.words}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(item, query)}
        >
          {item.shown}
        </div>
      ))}
    </div>
  );
}

/** Tells screen readers, in the text, which of the list is chosen. */
function useActive(text: HTMLElement, index: number | undefined): void {
  useEffect(() => {
    if (index === undefined) return;
    text.setAttribute('aria-controls', LIST_ID);
    text.setAttribute('aria-activedescendant', `${LIST_ID}-${index}`);
    return () => {
      text.removeAttribute('aria-controls');
      text.removeAttribute('aria-activedescendant');
    };
  }, [text, index]);
}

/** Under a place of the window, or above it where there is no room below. */
function placeUnder(element: HTMLElement, { left, top, bottom }: { left: number; top: number; bottom: number }): void {
  const { offsetWidth, offsetHeight } = element;
  const room = window.innerWidth - offsetWidth - MARGIN_PX;
  const isLow = bottom + GAP_PX + offsetHeight > (window.visualViewport?.height ?? window.innerHeight);
  const isRoomAbove = top - GAP_PX - offsetHeight > 0;
  element.style.left = `${Math.max(MARGIN_PX, Math.min(left, room))}px`;
  element.style.top = `${isLow && isRoomAbove ? top - GAP_PX - offsetHeight : bottom + GAP_PX}px`;
}
