import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import { useEffect, useMemo } from 'preact/hooks';
import { language, t } from '../../../i18n/index.ts';
import type { Command, PadState } from '../editor/commands.ts';
import { padCommands } from '../editor/commands.ts';
import { createPadEditor, type PadWords, textAttributes } from '../editor/create.ts';
import { watchState } from '../editor/watch-state.ts';
import type { PadDocument } from '../model/document.ts';
import { safeHref } from '../model/links.ts';
import { cleanName } from '../model/people.ts';
import { covered } from './covered.ts';

/** The editor of a document and what the view needs beside it. */
export interface Pad {
  editor: Editor;
  state: Signal<PadState>;
  commands: Command[][];
  openLink: (href: string) => void;
  editLink: () => void;
}

interface PadEditorOptions {
  document: PadDocument;
  writable: boolean;
  editLink: () => void;
  insertTable: () => void;
}

const words: PadWords = {
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
export function usePadEditor({ document, writable, editLink, insertTable }: PadEditorOptions): Pad {
  const pad = useMemo(() => {
    const editor = createPadEditor({
      ydoc: document.ydoc,
      awareness: document.awareness,
      editable: writable,
      words,
      openLink,
      editLink,
      covered,
      toToolbar: () => window.document.querySelector<HTMLElement>('[data-toolbar=main] [tabindex="0"]')?.focus(),
    });
    return { editor, ...watchState(editor), commands: padCommands({ editLink, insertTable }), openLink, editLink };
  }, [document]);
  useEffect(
    () => () => {
      pad.stop();
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
