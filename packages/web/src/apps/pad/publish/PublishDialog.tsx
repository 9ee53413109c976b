import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { PadDocument, Publisher } from '../model/document.ts';
import './publish.css';
import { PublishForm } from './PublishForm.tsx';

export interface PublishDialogProps {
  open: boolean;
  onClose: () => void;
  document: PadDocument;
  editor: Pick<Editor, 'getJSON'>;
  /** Of the pad; empty when it has none. */
  title: string;
}

/** Makes a page of the pad that everybody can read, changes it, takes it back. */
export function PublishDialog({ open, onClose, document, editor, title }: PublishDialogProps): VNode {
  const [publisher, keep] = useState<Publisher | undefined>(undefined);
  useEffect(() => {
    void document.publisher().then(keep);
  }, [document]);
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.publish.heading')}>
      {publisher === undefined ? (
        <p role="status">{t('pad.publish.opening')}</p>
      ) : (
        <PublishForm publisher={publisher} editor={editor} title={title} expiresAt={document.expiresAt.value} />
      )}
    </Dialog>
  );
}
