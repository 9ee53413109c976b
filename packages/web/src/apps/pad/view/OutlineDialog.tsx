import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { language, plural, t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { PadNode } from '../model/content.ts';
import type { OutlineEntry } from '../model/outline.ts';
import { outlineOf, sizeOf } from '../model/outline.ts';

/** Read in silence, for a text in French or English. */
const WORDS_PER_MINUTE = 230;

interface OutlineDialogProps {
  open: boolean;
  onClose: () => void;
  editor: Editor;
}

/** The headings, each leads to its place, and how long the text is. */
export function OutlineDialog({ open, onClose, editor }: OutlineDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.outline.title')}>
      <Outline editor={editor} onClose={onClose} />
    </Dialog>
  );
}

function Outline({ editor, onClose }: Omit<OutlineDialogProps, 'open'>): VNode {
  const doc = useMemo(() => editor.getJSON() as PadNode, [editor]);
  const entries = outlineOf(doc);
  const { words, signs, letters } = sizeOf(doc, language.value);
  const minutes = Math.max(1, Math.round(words / WORDS_PER_MINUTE));
  const go = (entry: OutlineEntry) => () => {
    onClose();
    // The dialog gives the focus back first.
    requestAnimationFrame(() => goTo(editor, entry.index));
  };
  return (
    <div class="stack">
      <p>
        {plural('pad.outline.words', words)} · {plural('pad.outline.signs', signs)} (
        {plural('pad.outline.letters', letters)}) · {plural('pad.outline.minutes', minutes)}
      </p>
      {entries.length === 0 ? (
        <p class="soft">{t('pad.outline.none')}</p>
      ) : (
        <ol class="pad-outline">
          {entries.map((entry) => (
            <li key={entry.index} data-level={entry.level}>
              <button type="button" dir="auto" onClick={go(entry)}>
                {entry.words}
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The caret goes into the heading, which is scrolled to: a screen reader goes on from there. */
function goTo(editor: Editor, index: number): void {
  let seen = 0;
  editor.state.doc.descendants((node, position) => {
    if (node.type.name !== 'heading') return true;
    if (seen === index)
      editor
        .chain()
        .setTextSelection(position + 1)
        .scrollIntoView()
        .run();
    seen += 1;
    return false;
  });
  editor.view.focus();
}
