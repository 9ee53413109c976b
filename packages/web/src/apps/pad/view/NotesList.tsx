import { DOMSerializer } from '@tiptap/pm/model';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { leaveNote } from '../editor/footnote.ts';
import type { Note } from '../editor/note-book.ts';
import type { Pad } from './use-editor.ts';

/** All notes under the text, each with the way back to its place; a click on one opens it. */
export function NotesList({ pad }: { pad: Pad }): VNode {
  const { editor, notes } = pad;
  return (
    <section class="pad-notes" aria-label={t('pad.note.list')}>
      <ol>
        {notes.notes.value.map((note, index) => (
          <li key={index}>
            <Words key={note.node} note={note} pad={pad} />
            <button
              type="button"
              class="pad-note-back"
              aria-label={t('pad.note.back', { number: index + 1 })}
              title={t('pad.note.back', { number: index + 1 })}
              onClick={() => {
                note.dom.scrollIntoView({ block: 'center' });
                if (editor.isEditable) leaveNote(editor, note);
                else note.dom.focus();
              }}
            >
              ↩
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Words({ note, pad }: { note: Note; pad: Pad }): VNode {
  const place = useRef<HTMLSpanElement>(null);
  const { node } = note;
  useLayoutEffect(() => {
    const drawn = DOMSerializer.fromSchema(node.type.schema).serializeFragment(node.content, { document });
    place.current?.replaceChildren(drawn);
  }, [node]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a comfort of the mouse; the keyboard opens a note at its number.
    <span
      ref={place}
      class="pad-note-words"
      dir="auto"
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a')) return;
        pad.notes.open(note);
      }}
    />
  );
}
