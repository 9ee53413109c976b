import type { VNode } from 'preact';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { download } from '../../../ui/download.ts';
import { Icon } from '../../../ui/icons.tsx';
import type { NoticeCode, PadDocument } from '../model/document.ts';
import { isCalm, isLastCopy, mayDismiss } from '../model/document.ts';

interface NoticesProps {
  document: PadDocument;
  copyAll: () => void;
  /** Opens the choice of files to save a copy as. */
  saveCopy: () => void;
}

/** What is wrong, in the person's words, that the text is still here, and a way to take it along. */
export function Notices({ document, ...acts }: NoticesProps): VNode {
  return (
    <div class="pad-notices">
      {document.notices.value.map((code) => (
        <Notice key={code} code={code} document={document} {...acts} />
      ))}
    </div>
  );
}

function Notice({ code, document, copyAll, saveCopy }: NoticesProps & { code: NoticeCode }): VNode {
  const calm = isCalm(code);
  const place = code === 'full' ? document.queue.value?.place : undefined;
  return (
    <section class={`pad-notice ${calm ? 'is-calm' : ''}`} role={calm ? 'status' : 'alert'} data-notice={code}>
      <Icon name="warning" />
      <div class="pad-notice-words">
        <strong>{t(`pad.notice.${code}.title`)}</strong> <span>{t(`pad.notice.${code}.text` as MessageKey)}</span>
        {place !== undefined && <strong class="pad-notice-place">{t('queue.place', { place })}</strong>}
      </div>
      <div class="pad-notice-acts">
        <Button kind="plain" icon="copy" onClick={copyAll}>
          {t('pad.copyAll')}
        </Button>
        {isLastCopy(code) && (
          <Button kind="plain" icon="save" onClick={saveCopy}>
            {t('pad.file.title')}
          </Button>
        )}
        {code === 'relay_contradicts' && (
          <Button kind="plain" icon="save" onClick={() => saveEvidence(document)}>
            {t('pad.saveEvidence')}
          </Button>
        )}
        {mayDismiss(code) && (
          <IconButton icon="close" label={t('toast.dismiss')} onClick={() => document.dismiss(code)} />
        )}
      </div>
    </section>
  );
}

function saveEvidence({ evidence }: PadDocument): void {
  if (evidence !== undefined) download(new Blob([evidence], { type: 'application/json' }), 'archipel-evidence.json');
}
