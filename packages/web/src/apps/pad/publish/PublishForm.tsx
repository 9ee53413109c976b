import type { PageContent } from '@archipel/protocol';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { dayInWords } from '../../../i18n/dates.ts';
import { language, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { leavingText } from '../editor/leaving-text.ts';
import type { Publisher } from '../model/document.ts';
import type { PageWords } from '../model/publication.ts';
import { LicenceChoice } from './LicenceChoice.tsx';
import { PagePreview } from './PagePreview.tsx';
import { PublishedAt } from './PublishedAt.tsx';
import { usePublication } from './use-publication.ts';
import { useSending } from './use-sending.ts';
import { WordsFields } from './WordsFields.tsx';

interface PublishFormProps {
  publisher: Publisher;
  editor: Pick<Editor, 'getJSON'>;
  title: string;
  /** ms since 1970; null: without limit; undefined: not known yet */
  expiresAt: number | null | undefined;
}

/** Texts of a page that nobody has given any yet. */
function firstWords(title: string): PageWords {
  return { title, description: '', authors: '', language: language.peek(), licence: 'rights-reserved' };
}

export function PublishForm({ publisher, editor, title, expiresAt }: PublishFormProps): VNode {
  const publication = usePublication(publisher);
  const [words, change] = useState<PageWords>(publication?.words ?? firstWords(title));
  const { said, say, busy, setBusy, stop, send } = useSending();
  const saidAt = useRef<HTMLParagraphElement>(null);
  const [drawn, draw] = useState<PageContent | null>(null);
  const isPublished = publication?.words !== undefined;
  const tidy = (): PageWords => ({
    ...words,
    title: words.title.trim() || t('pad.untitled'),
    description: words.description.trim(),
    authors: words.authors.trim(),
  });
  const preview = async (): Promise<void> => {
    if (drawn !== null) return draw(null);
    setBusy(true);
    const content = await publisher.draw(leavingText(editor), tidy());
    setBusy(false);
    if (content === 'too_large') say('pad.publish.tooLarge');
    else draw(content);
  };
  const publish = (event: SubmitEvent): void => {
    event.preventDefault();
    if (busy) return;
    const done = isPublished ? 'pad.publish.updated' : 'pad.publish.done';
    void send(done, (signal) => publisher.publish(leavingText(editor), tidy(), signal));
  };
  return (
    <form class="publish" onSubmit={publish}>
      <p class="note note-warn">
        <Icon name="warning" />
        <span>{t('pad.publish.everybody')}</span>
      </p>
      {isPublished && <PublishedAt publisher={publisher} publication={publication} editor={editor} />}
      <WordsFields words={words} change={change} />
      <LicenceChoice licence={words.licence} choose={(licence) => change({ ...words, licence })} />
      <p class="soft small">
        {typeof expiresAt === 'number'
          ? t('pad.publish.until', { day: dayInWords(expiresAt) })
          : t('pad.publish.always')}
      </p>
      {drawn !== null && <PagePreview content={drawn} />}
      {/* The focus comes here when the button beneath goes. */}
      <p role="status" class="publish-said" ref={saidAt} tabIndex={-1}>
        {said && t(said)}
      </p>
      <footer class="dialog-actions">
        {stop && (
          <Button
            icon="close"
            onClick={() => {
              saidAt.current?.focus();
              stop();
            }}
          >
            {t('pad.publish.stop')}
          </Button>
        )}
        {isPublished && (
          <Button
            kind="danger"
            icon="remove"
            disabled={busy}
            onClick={() => send('pad.publish.takenBack', publisher.takeBack)}
          >
            {t('pad.publish.takeBack')}
          </Button>
        )}
        <Button icon="read" disabled={busy} aria-expanded={drawn !== null} onClick={() => void preview()}>
          {t(drawn === null ? 'pad.publish.preview' : 'pad.publish.previewClose')}
        </Button>
        <Button kind="primary" icon="share" type="submit" disabled={busy}>
          {t(isPublished ? 'pad.publish.update' : 'pad.publish.publish')}
        </Button>
      </footer>
    </form>
  );
}
