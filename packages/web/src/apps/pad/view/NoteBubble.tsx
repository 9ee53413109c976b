import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { leaveNote, removeNote } from '../editor/leave-note.ts';
import type { Note } from '../editor/note-book.ts';
import { createNoteEditor, type NoteEditor } from '../editor/note-editor.ts';
import { PadIcon, type PadIconName } from './icons.tsx';
import { placeBeside } from './place-beside.ts';
import type { Pad } from './use-editor.ts';

/** Under a note's number: its words, to read and to write. Enter or Escape leads back into the text. */
export function NoteBubble({ pad, note }: { pad: Pad; note: Note }): VNode {
  const { editor, notes } = pad;
  const bubble = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const inner = useRef<NoteEditor | null>(null);
  const label = t('pad.note.name', { number: notes.numberOf(note) });
  const leave = () => {
    notes.close();
    if (editor.isEditable) leaveNote(editor, note);
    else note.dom.focus();
  };
  useLayoutEffect(() => {
    if (place.current === null) return;
    const made = createNoteEditor(place.current, { editor, note, label, leave });
    inner.current = made;
    made.focus();
    note.heard = made.update;
    return () => {
      note.heard = undefined;
      made.stop();
      inner.current = null;
      // Nobody wrote anything in it: it would be a number that leads to nothing.
      if (editor.isEditable && note.node.content.size === 0) removeNote(editor, note);
    };
  }, [editor, note]);
  usePlaceUnder(bubble, note.dom);
  useEffect(() => {
    const outside = ({ target }: Event) => {
      if (target instanceof Node && !bubble.current?.contains(target) && !note.dom.contains(target)) notes.close();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [note, notes]);
  const tool = (icon: PadIconName, name: MessageKey, run: () => void) => (
    <button
      type="button"
      class="pad-tool"
      aria-label={t(name)}
      title={t(name)}
      onMouseDown={(event) => event.preventDefault()}
      onClick={run}
    >
      <PadIcon name={icon} />
    </button>
  );
  return (
    <section
      ref={bubble}
      class="pad-note-bubble"
      aria-label={label}
      onKeyDown={(event) => event.key === 'Escape' && leave()}
    >
      <div ref={place} class="pad-note-place" data-empty={t('pad.note.empty')} />
      {editor.isEditable && (
        <div class="pad-note-tools">
          {tool('bold', 'pad.tool.bold', () => inner.current?.toggle('bold'))}
          {tool('italic', 'pad.tool.italic', () => inner.current?.toggle('italic'))}
          {tool('delete', 'pad.note.delete', () => {
            notes.close();
            leaveNote(editor, note);
            removeNote(editor, note);
          })}
          {tool('done', 'pad.note.done', leave)}
        </div>
      )}
    </section>
  );
}

/** Keeps an element under another, within the window. */
function usePlaceUnder(element: { current: HTMLElement | null }, above: HTMLElement): void {
  useLayoutEffect(() => {
    const place = () => {
      if (element.current) placeBeside(element.current, () => above.getBoundingClientRect());
    };
    above.scrollIntoView({ block: 'nearest' });
    place();
    window.addEventListener('scroll', place, { passive: true });
    window.addEventListener('resize', place);
    return () => {
      window.removeEventListener('scroll', place);
      window.removeEventListener('resize', place);
    };
  }, [above]);
}
