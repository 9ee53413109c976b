import type { VNode } from 'preact';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { NoticeCode, PadDocument } from '../model/document.ts';
import { mayDismiss } from '../model/document.ts';

interface NoticesProps {
  document: PadDocument;
  copyAll: () => void;
}

/** What is wrong, in the person's words, that the text is still here, and a way to take it along. */
export function Notices({ document, copyAll }: NoticesProps): VNode {
  return (
    <div class="pad-notices">
      {document.notices.value.map((code) => (
        <Notice key={code} code={code} copyAll={copyAll} dismiss={() => document.dismiss(code)} />
      ))}
    </div>
  );
}

function Notice(props: { code: NoticeCode; copyAll: () => void; dismiss: () => void }): VNode {
  const { code, copyAll, dismiss } = props;
  const calm = mayDismiss(code);
  return (
    <section class={`pad-notice ${calm ? 'is-calm' : ''}`} role={calm ? 'status' : 'alert'} data-notice={code}>
      <Icon name="warning" />
      <div class="pad-notice-words">
        <strong>{t(`pad.notice.${code}.title`)}</strong> <span>{t(`pad.notice.${code}.text` as MessageKey)}</span>
      </div>
      <div class="pad-notice-acts">
        <Button kind="plain" icon="copy" onClick={copyAll}>
          {t('pad.copyAll')}
        </Button>
        {calm && <IconButton icon="close" label={t('toast.dismiss')} onClick={dismiss} />}
      </div>
    </section>
  );
}
