import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dayInWords } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/index.ts';
import { Button, ButtonLink } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { PadDocument, Publisher } from '../model/document.ts';
import { usePublication } from './use-publication.ts';

const SECOND_MS = 1000;
/** After the last change, so that whoever types is not slowed down. */
const REST_MS = 2000;

export interface PublishedNoteProps {
  document: PadDocument;
  editor: Editor;
  /** Opens the dialog. */
  change: () => void;
}

/** Tells the owner that there is a page of the pad, and whether it says something else by now. */
export function PublishedNote({ document, ...props }: PublishedNoteProps): VNode | null {
  const [publisher, keep] = useState<Publisher | undefined>(undefined);
  useEffect(() => {
    void document.publisher().then(keep);
  }, [document]);
  return publisher === undefined ? null : <Note {...props} publisher={publisher} />;
}

function Note({ publisher, editor, change }: Omit<PublishedNoteProps, 'document'> & { publisher: Publisher }) {
  const publication = usePublication(publisher);
  const isOther = useDiffers(publisher, publication?.digest, editor);
  if (publication?.words === undefined) return null;
  return (
    <section class="pad-notice is-calm" data-notice="published">
      <Icon name="share" />
      <div class="pad-notice-words">
        {t('pad.publish.noted', { when: dayInWords(publication.time * SECOND_MS) })}{' '}
        <span role="status">{isOther && t('pad.publish.differs')}</span>
      </div>
      <div class="pad-notice-acts">
        <ButtonLink href={publisher.address}>{t('pad.publish.look')}</ButtonLink>
        <Button onClick={change}>{t('pad.publish.change')}</Button>
      </div>
    </section>
  );
}

function useDiffers(publisher: Publisher, digest: string | undefined, editor: Editor): boolean {
  const [isOther, setOther] = useState(false);
  useEffect(() => {
    let timer = 0;
    const look = (): void => {
      void publisher.digestOf(editor.getJSON()).then((now) => setOther(digest !== undefined && now !== digest));
    };
    const rest = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(look, REST_MS);
    };
    look();
    editor.on('update', rest);
    return () => {
      window.clearTimeout(timer);
      editor.off('update', rest);
    };
  }, [publisher, digest, editor]);
  return isOther;
}
