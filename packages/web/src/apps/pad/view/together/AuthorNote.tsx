import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { language, t } from '../../../../i18n/index.ts';
import { personClass } from '../../../../ui/PeopleList.tsx';
import { type AuthorColours, showAuthors } from '../../editor/author-colours.ts';
import { authorNotes } from '../../model/authors.ts';
import type { PadDocument } from '../../model/document.ts';
import type { Person } from '../../model/people.ts';
import type { Author } from '../../model/text-authors.ts';
import { authorsOf } from '../../model/text-authors.ts';
import { nameInWords } from '../name-in-words.ts';

interface AuthorNoteProps {
  document: PadDocument;
  editor: Editor;
  people: Signal<readonly Person[]>;
}

function inWords(author: Author): string {
  return author.self ? t('pad.authors.byYou') : t('pad.authors.by', { name: nameInWords(author) });
}

/** How long the caret rests before its place is told. */
const REST_MS = 250;

/** The text in the colours of its authors, and in words whose the words at the caret are. */
export function AuthorNote({ document, editor, people }: AuthorNoteProps): VNode | null {
  const { ydoc } = document;
  const authors = useRef(authorsOf(ydoc, people.value));
  const colours = useRef<AuthorColours | undefined>(undefined);
  const [author, setAuthor] = useState<Author | undefined>(undefined);
  useEffect(() => {
    const shown = showAuthors(editor, { of: (client) => authors.current.of(client), title: inWords });
    colours.current = shown;
    let timer = 0;
    const read = (): void => setAuthor(editor.isDestroyed ? undefined : shown.atCaret());
    const rest = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(read, REST_MS);
    };
    const again = (): void => {
      authors.current = authorsOf(ydoc, people.peek());
      shown.redraw();
      rest();
    };
    const notes = authorNotes(ydoc);
    notes.observe(again);
    editor.on('transaction', rest);
    rest();
    return () => {
      window.clearTimeout(timer);
      notes.unobserve(again);
      editor.off('transaction', rest);
      shown.stop();
    };
  }, [editor, ydoc]);
  useEffect(() => {
    authors.current = authorsOf(ydoc, people.value);
    colours.current?.redraw();
  }, [people.value, language.value]);
  if (author === undefined) return null;
  return (
    <p class={`pad-chip ${personClass(author.colour)}`} role="status">
      <span class="pad-chip-colour" aria-hidden="true" />
      {inWords(author)}
    </p>
  );
}
