import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { language, plural, t } from '../../../i18n/index.ts';
import { announce } from '../../../ui/toasts.ts';
import type { EmojiQuery, EmojiTyping } from '../editor/emoji.ts';
import { type Emoji, emojiNamed, findEmoji } from '../model/emoji.ts';
import { type EmojiBook, loadEmoji } from './emoji-data.ts';
import { placeBeside } from './place-beside.ts';
import type { Pad } from './use-editor.ts';

const SHOWN_MAX = 8;
const LIST_ID = 'pad-emoji-list';

interface EmojiListProps {
  pad: Pad;
  typing: EmojiTyping;
  query: EmojiQuery;
}

/** Under a name that is being typed: the emoji it may mean. The caret stays in the text; arrows choose, Enter takes. */
export function EmojiList({ pad: { editor }, typing, query }: EmojiListProps): VNode | null {
  const [book, setBook] = useState<EmojiBook | null>(null);
  const [chosen, choose] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const spoken = language.value;
  // Without a network what is typed stays text.
  useEffect(() => void loadEmoji(spoken).then(setBook, () => setBook(null)), [spoken]);
  const found = book === null ? [] : findEmoji(book.all, query.typed, SHOWN_MAX);
  const at = Math.min(chosen, found.length - 1);
  const take = (emoji: Emoji | undefined): boolean => {
    if (emoji === undefined) return false;
    editor.view.dispatch(editor.state.tr.insertText(emoji.sign, query.from, query.to).scrollIntoView());
    return true;
  };
  useLayoutEffect(() => {
    typing.takeKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }) => {
      if (found.length === 0 || ctrlKey || metaKey || altKey) return false;
      if (key === ':') return take(book ? emojiNamed(book.all, query.typed) : undefined);
      if (key === 'Enter' || (key === 'Tab' && !shiftKey)) return take(found[at]);
      const step = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (step === undefined || shiftKey) return false;
      choose((at + step + found.length) % found.length);
      return true;
    };
    return () => {
      typing.takeKey = null;
    };
  });
  useEffect(() => choose(0), [query.typed]);
  useActive(editor.view.dom, found.length > 0 ? at : undefined);
  useEffect(() => {
    const first = found[0];
    if (first) announce(plural('pad.emoji.found', found.length, { name: first.name }));
  }, [found.map(({ sign }) => sign).join()]);
  useLayoutEffect(() => {
    if (list.current) placeBeside(list.current, () => editor.view.coordsAtPos(query.from));
  });
  if (found.length === 0) return null;
  return (
    <div ref={list} id={LIST_ID} class="pad-emoji-list" role="listbox" aria-label={t('pad.tool.emoji')}>
      {found.map((emoji, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the keys are those of the text, where the focus stays.
        <div
          key={emoji.sign}
          id={`${LIST_ID}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(emoji)}
        >
          <span aria-hidden="true">{emoji.sign}</span> {emoji.name}
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
