import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { PadDocument, Publisher } from '../model/document.ts';
import { withoutNotes } from '../model/footnotes.ts';
import { toText } from '../model/text.ts';
import { oneLine, readTitle } from '../model/title.ts';
import './publish.css';
import { PublishForm } from './PublishForm.tsx';

export interface PublishDialogProps {
  open: boolean;
  onClose: () => void;
  document: PadDocument;
  editor: Pick<Editor, 'getJSON'>;
}

/** Makes a page of the pad that everybody can read, changes it, takes it back. */
export function PublishDialog({ open, onClose, document, editor }: PublishDialogProps): VNode {
  const [publisher, keep] = useState<Publisher | undefined>(undefined);
  useEffect(() => {
    void document.publisher().then(keep);
  }, [document]);
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.publish.heading')}>
      {publisher === undefined ? (
        <p role="status">{t('pad.publish.opening')}</p>
      ) : (
        <PublishForm
          publisher={publisher}
          editor={editor}
          title={titleOf(document, editor)}
          expiresAt={document.expiresAt.value}
        />
      )}
    </Dialog>
  );
}

const FIRST_LINE_LENGTH = 100;

/** A pad that nobody gave a title begins with one as often as not. */
function titleOf({ ydoc }: PadDocument, editor: Pick<Editor, 'getJSON'>): string {
  const [first = ''] = toText(withoutNotes(editor.getJSON())).trim().split('\n', 1);
  return readTitle(ydoc) || oneLine(first.slice(0, FIRST_LINE_LENGTH));
}
