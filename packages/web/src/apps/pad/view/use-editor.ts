import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import { useEffect, useMemo } from 'preact/hooks';
import { language, t } from '../../../i18n/index.ts';
import { announce } from '../../../ui/toasts.ts';
import type { Command, PadState } from '../editor/commands.ts';
import { padCommands } from '../editor/commands.ts';
import { createPadEditor, type PadWords, textAttributes } from '../editor/create.ts';
import { insertNote } from '../editor/footnote.ts';
import { NoteBook, type NoteWords } from '../editor/note-book.ts';
import { watchState } from '../editor/watch-state.ts';
import type { PadDocument } from '../model/document.ts';
import { safeHref } from '../model/links.ts';
import { cleanName } from '../model/people.ts';
import { PICTURE } from '../model/pictures.ts';
import { covered } from './covered.ts';
import { drawPictures } from './draw-picture.ts';

/** What is read out of a note whose number is selected, in UTF-16 units. */
const NOTE_SAID_LENGTH = 300;

/** The editor of a document and what the view needs beside it. */
export interface Pad {
  editor: Editor;
  state: Signal<PadState>;
  commands: Command[][];
  notes: NoteBook;
  openLink: (href: string) => void;
  editLink: () => void;
  /** puts pictures into the text */
  takeFiles: (files: readonly File[]) => void;
}

interface PadEditorOptions {
  document: PadDocument;
  writable: boolean;
  editLink: () => void;
  insertTable: () => void;
  choosePicture: () => void;
  editPicture: (position: number) => void;
  chooseEmoji: () => void;
  /** undefined: a new one at the caret */
  editFormula: (position?: number) => void;
}

const noteWords: NoteWords = {
  name: (number) => t('pad.note.name', { number }),
  selected: (number, text) => announce(t('pad.note.selected', { number, text: text.slice(0, NOTE_SAID_LENGTH) })),
};

const words: PadWords = {
  callout: { name: (kind) => t(`pad.callout.${kind}`), choice: () => t('pad.callout.choice') },
  label: () => t('pad.text.label'),
  placeholder: () => t('pad.text.placeholder'),
  anonymous: () => t('people.anonymous'),
  task: (text) => (text.trim() === '' ? t('pad.task.empty') : t('pad.task.label', { words: cleanName(text) })),
};

/** Opens a safe address in another tab, which learns nothing of this one. */
function openLink(href: string): void {
  const safe = safeHref(href);
  if (safe !== undefined) window.open(safe, '_blank', 'noopener,noreferrer');
}

/** Makes the editor once per document; its words follow the language, its right to write what happens. */
export function usePadEditor(options: PadEditorOptions): Pad {
  const { document, writable, editLink, insertTable, choosePicture, editPicture, chooseEmoji, editFormula } = options;
  const pad = useMemo(() => {
    const takeFiles = (files: readonly File[], place?: number) => {
      void addTo(editor, document, files, place, editPicture);
      return true;
    };
    const notes = new NoteBook(noteWords);
    const editor = createPadEditor({
      notes,
      ydoc: document.ydoc,
      awareness: document.awareness,
      editable: writable,
      words,
      openLink,
      editLink,
      covered,
      takeFiles,
      formulas: {
        edit: editFormula,
        draw: (place, tex) => {
          place.textContent = tex;
          void import('./draw-formula.ts').then(({ drawFormula }) => drawFormula(place, tex));
        },
      },
      loadTidy: () => import('../editor/paste.ts').then(({ tidyPasted }) => tidyPasted),
      loadColours: () => import('./colour-code.ts').then(({ colourCode }) => colourCode),
      drawPicture: drawPictures({ pictures: document.pictures, edit: editPicture }),
      toToolbar: () => window.document.querySelector<HTMLElement>('[data-toolbar=main] [tabindex="0"]')?.focus(),
    });
    const commands = padCommands({
      editLink,
      insertTable,
      choosePicture,
      insertFormula: () => editFormula(),
      insertNote: () => insertNote(editor, notes),
      chooseEmoji,
    });
    return { editor, ...watchState(editor), commands, notes, openLink, editLink, takeFiles };
  }, [document]);
  useEffect(
    () => () => {
      pad.stop();
      pad.notes.stop();
      pad.editor.destroy();
    },
    [pad],
  );
  const spoken = language.value;
  useEffect(() => {
    pad.editor.setEditable(writable, false);
    pad.editor.view.setProps({ attributes: { ...textAttributes(words, writable), lang: spoken } });
  }, [pad, writable, spoken]);
  return pad;
}

/** One picture alone is asked at once what is to be seen on it; of several each has its button. */
async function addTo(
  editor: Editor,
  document: PadDocument,
  files: readonly File[],
  place: number | undefined,
  edit: (position: number) => void,
): Promise<void> {
  const { addPictures } = await import('./add-pictures.ts');
  const before = new Set(pictureIds(editor).map(({ id }) => id));
  const added = await addPictures(editor, await document.pictures(), files, place);
  const fresh = pictureIds(editor).find(({ id }) => !before.has(id));
  if (added === 1 && fresh !== undefined) edit(fresh.position);
}

function pictureIds({ state }: Editor): { id: unknown; position: number }[] {
  const found: { id: unknown; position: number }[] = [];
  state.doc.descendants((node, position) => {
    if (node.type.name === PICTURE) found.push({ id: node.attrs.id, position });
  });
  return found;
}
