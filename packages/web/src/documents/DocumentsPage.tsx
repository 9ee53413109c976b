import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { plural, t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Bottle } from '../ui/drawings/Bottle.tsx';
import { Icon } from '../ui/icons.tsx';
import { showToast } from '../ui/toasts.ts';
import { DocumentLine, titleOf } from './DocumentLine.tsx';
import { matchesTitle } from './expiry.ts';
import { KeepSafe } from './KeepSafe.tsx';
import { forget, type RememberedDocument } from './store.ts';
import { useDocuments } from './useDocuments.ts';

function Empty(): VNode {
  return (
    <section class="empty">
      <div class="empty-drawing">
        <Bottle />
      </div>
      <h2>{t('documents.emptyTitle')}</h2>
      <p>{t('documents.emptyText')}</p>
      <p>
        <ButtonLink kind="primary" href="/#tools">
          {t('documents.emptyStart')}
        </ButtonLink>
      </p>
    </section>
  );
}

interface ListProps {
  documents: readonly RememberedDocument[];
  onForget: (document: RememberedDocument) => void;
}

function SearchableList({ documents, onForget }: ListProps): VNode {
  const [words, setWords] = useState('');
  const field = useId();
  const found = documents.filter((document) => matchesTitle(titleOf(document), words));
  const now = Date.now();
  return (
    <>
      <div class="search">
        <label for={field} class="visually-hidden">
          {t('documents.search')}
        </label>
        <Icon name="search" />
        <input
          id={field}
          class="field"
          type="search"
          placeholder={t('documents.search')}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <p class="soft small" aria-live="polite">
          {found.length === 0 ? t('documents.none', { words }) : plural('documents.count', found.length)}
        </p>
      </div>
      <ul class="documents">
        {found.map((document) => (
          <DocumentLine key={document.docId} document={document} now={now} onForget={onForget} />
        ))}
      </ul>
    </>
  );
}

function ForgetDialog(props: { document: RememberedDocument | null; onClose: () => void; onDone: () => void }): VNode {
  const { document, onClose, onDone } = props;
  const title = document === null ? '' : titleOf(document);
  const remove = async (): Promise<void> => {
    if (document === null) return;
    const done = await forget(document.docId);
    showToast(t(done.ok ? 'documents.forgotten' : 'documents.blocked', { title }));
    onDone();
  };
  const actions = (
    <>
      <Button kind="quiet" onClick={onClose}>
        {t('dialog.cancel')}
      </Button>
      <Button kind="danger" onClick={() => void remove()}>
        {t('documents.forgetYes')}
      </Button>
    </>
  );
  return (
    <Dialog open={document !== null} onClose={onClose} title={t('documents.forgetTitle')} actions={actions}>
      <p>{t('documents.forgetText', { title })}</p>
    </Dialog>
  );
}

/** "My documents": the links that this browser remembers. */
export function DocumentsPage(): VNode {
  const [found, reload] = useDocuments();
  const [leaving, setLeaving] = useState<RememberedDocument | null>(null);
  const documents = found.state === 'ready' ? found.documents : [];
  const done = (): void => {
    setLeaving(null);
    void reload();
  };
  return (
    <Page title={t('documents.pageTitle')}>
      <div class="documents-page">
        <header class="stack">
          <h1>{t('documents.title')}</h1>
          <p class="lead">{t('documents.lead')}</p>
        </header>
        {found.state === 'blocked' && (
          <p class="note note-warn">
            <Icon name="warning" />
            <span>{t('documents.blocked')}</span>
          </p>
        )}
        {found.state === 'ready' && documents.length === 0 && <Empty />}
        {documents.length > 0 && <SearchableList documents={documents} onForget={setLeaving} />}
        {found.state === 'ready' && <KeepSafe documents={documents} onChange={() => void reload()} />}
      </div>
      <ForgetDialog document={leaving} onClose={() => setLeaving(null)} onDone={done} />
    </Page>
  );
}
