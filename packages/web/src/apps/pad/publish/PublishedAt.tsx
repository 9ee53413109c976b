import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dateInWords } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/index.ts';
import { Qr } from '../../../ui/Qr.tsx';
import { LinkField } from '../../../ui/ShareDialog.tsx';
import type { Publisher } from '../model/document.ts';
import type { Publication } from '../model/publication.ts';

const SECOND_MS = 1000;

interface PublishedAtProps {
  publisher: Publisher;
  publication: Publication;
  editor: Pick<Editor, 'getJSON'>;
}

/** Where the page is, since when, and whether the pad says something else by now. */
export function PublishedAt({ publisher, publication, editor }: PublishedAtProps): VNode {
  const [isOther, setOther] = useState(false);
  const [shown, setShown] = useState<Awaited<ReturnType<Publisher['check']>>>('unknown');
  const { digest, time } = publication;
  useEffect(() => {
    void publisher.digestOf(editor.getJSON()).then((now) => setOther(now !== digest));
    void publisher.check().then(setShown);
  }, [digest, time]);
  return (
    <section class="publish-at">
      <p>
        <strong>{t('pad.publish.publishedAt', { when: dateInWords(time * SECOND_MS) })}</strong>{' '}
        {t(isOther ? 'pad.publish.differs' : 'pad.publish.same')}
      </p>
      {(shown === 'gone' || shown === 'removed') && (
        <p class="note note-bad" role="status">
          {t(shown === 'gone' ? 'pad.publish.gone' : 'pad.publish.removed')}
        </p>
      )}
      <LinkField link={publisher.address} label={t('pad.publish.address')} onCopied={() => undefined} />
      <p>
        <a href={publisher.address} target="_blank" rel="noopener">
          {t('pad.publish.look')}
        </a>
      </p>
      <details>
        <summary>{t('pad.publish.qr')}</summary>
        <figure class="qr-frame">
          <Qr text={publisher.address} />
        </figure>
      </details>
    </section>
  );
}
