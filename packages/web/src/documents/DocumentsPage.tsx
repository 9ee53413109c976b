import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Page } from '../shell/Page.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Bottle } from '../ui/drawings/Bottle.tsx';
import { Icon } from '../ui/icons.tsx';
import { showToast } from '../ui/toasts.ts';
import { titleOf } from './DocumentLine.tsx';
import { DocumentsList } from './DocumentsList.tsx';
import { tagsOf } from './finding.ts';
import { KeepSafe } from './KeepSafe.tsx';
import { forget, type RememberedDocument } from './store.ts';
import { TagsDialog } from './TagsDialog.tsx';
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
  const [tagging, setTagging] = useState<RememberedDocument | null>(null);
  const documents = found.state === 'ready' ? found.documents : [];
  const done = (): void => {
    setLeaving(null);
    setTagging(null);
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
        {documents.length > 0 && <DocumentsList documents={documents} onForget={setLeaving} onTags={setTagging} />}
        {found.state === 'ready' && <KeepSafe documents={documents} onChange={() => void reload()} />}
      </div>
      <TagsDialog
        document={tagging}
        title={tagging === null ? '' : titleOf(tagging)}
        known={tagsOf(documents)}
        onClose={() => setTagging(null)}
        onDone={done}
      />
      <ForgetDialog document={leaving} onClose={() => setLeaving(null)} onDone={done} />
    </Page>
  );
}
