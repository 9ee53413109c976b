import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language, plural, t } from '../../../i18n/index.ts';
import { type Completion, type CompletionQuery, watchCompletion } from '../editor/completion.ts';
import { type Emoji, emojiNamed, findEmoji } from '../model/emoji.ts';
import { type CompletionItem, CompletionList } from './CompletionList.tsx';
import { type EmojiBook, loadEmoji } from './emoji-data.ts';

/** Not in a time (`12:30`) nor in an address (`http://`). */
const TYPED = /(?:^|[^\p{L}\p{N}:/]):([+-]1|\p{L}[\p{L}\p{N}_-]{1,29})$/u;
const LOOKED_BACK = 33;
const SHOWN_MAX = 8;

/** After a colon, the beginning of a name: the emoji it may mean. A second colon takes the one that is called just so. */
export function EmojiNames({ editor }: { editor: Editor }): VNode | null {
  const [completion, setCompletion] = useState<Completion | undefined>(undefined);
  useEffect(() => {
    const watched = watchCompletion(editor, 'emoji', { pattern: TYPED, lookBack: LOOKED_BACK });
    setCompletion(watched);
    return watched.stop;
  }, [editor]);
  const query = completion?.query.value ?? null;
  const book = useBook(query !== null);
  if (completion === undefined || query === null || book === null) return null;
  const items = findEmoji(book.all, query.typed, SHOWN_MAX).map(itemOf);
  const exact = emojiNamed(book.all, query.typed);
  const take = ({ id }: CompletionItem, { from, to }: CompletionQuery): void =>
    editor.view.dispatch(editor.state.tr.insertText(id, from, to).scrollIntoView());
  return (
    <CompletionList
      editor={editor}
      completion={completion}
      query={query}
      items={items}
      label={t('pad.tool.emoji')}
      said={plural('pad.emoji.found', items.length, { name: items[0]?.words ?? '' })}
      closing={(key) => (key === ':' && exact ? itemOf(exact) : undefined)}
      take={take}
    />
  );
}

/** Fetched with the first name; without a network what is typed stays text. */
function useBook(wanted: boolean): EmojiBook | null {
  const [book, setBook] = useState<EmojiBook | null>(null);
  const spoken = language.value;
  useEffect(() => {
    if (wanted) void loadEmoji(spoken).then(setBook, () => setBook(null));
  }, [spoken, wanted]);
  return book;
}

const itemOf = ({ sign, name }: Emoji): CompletionItem => ({
  id: sign,
  words: name,
  shown: (
    <>
      <span class="pad-emoji-sign" aria-hidden="true">
        {sign}
      </span>{' '}
      {name}
    </>
  ),
});
