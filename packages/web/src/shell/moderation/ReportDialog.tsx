import type { VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Select } from '../../ui/Select.tsx';
import {
  REMOVAL_CATEGORIES,
  type RemovalCategory,
  type ReportHost,
  type ReportKeys,
  reportKeysOf,
  type Sent,
  sendReport,
} from './ask-host.ts';
import './moderation.css';

export interface ReportDialogProps {
  open: boolean;
  onClose: () => void;
  /** Those that keep it. */
  hosts: readonly ReportHost[];
  /** Whole address of the link to read: sent only when the person says so. */
  link: string;
}

/** Tells the people of the host of something that should not be there. */
export function ReportDialog(props: ReportDialogProps): VNode {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('report.title')}>
      <ReportForm {...props} />
    </Dialog>
  );
}

type At = 'writing' | 'sending' | Sent;

function ReportForm({ hosts, link, onClose }: ReportDialogProps): VNode {
  const [category, choose] = useState<RemovalCategory | ''>('');
  const [withLink, setWithLink] = useState(false);
  const [at, setAt] = useState<At>('writing');
  const [keys, setKeys] = useState<ReportKeys>();
  useEffect(() => void reportKeysOf(hosts).then(setKeys), []);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (category === '' || at === 'sending') return;
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string): string => String(fields.get(name) ?? '');
    setAt('sending');
    const docId = new URL(link).hash.split('.')[1] ?? '';
    const words = { words: said('words'), contact: said('contact'), link: withLink ? link : '' };
    setAt(await sendReport(keys ?? (await reportKeysOf(hosts)), { docId, category, ...words }));
  };
  if (at === 'sent') return <Thanks onClose={onClose} />;
  return (
    <form class="stack report" onSubmit={(event) => void send(event)}>
      <p>{t('report.about')}</p>
      <Select
        label={t('report.category')}
        value={category}
        options={[
          { value: '', text: t('report.choose') },
          ...REMOVAL_CATEGORIES.map((value) => ({ value, text: t(`removal.${value}`) })),
        ]}
        onChange={(value) => choose(value as RemovalCategory | '')}
      />
      <Fields />
      <label class="check">
        <input type="checkbox" checked={withLink} onChange={(event) => setWithLink(event.currentTarget.checked)} />
        <span>{t('report.withLink')}</span>
      </label>
      <p class="soft small">
        {t(withLink ? 'report.linkSent' : 'report.linkKept')}{' '}
        {keys !== undefined && t(isSealed(keys) ? 'report.sealed' : 'report.unsealed')}
      </p>
      <p class={at === 'writing' || at === 'sending' ? 'soft' : 'note note-bad'} role="status">
        {at === 'sending' && t('report.sending')}
        {(at === 'failed' || at === 'too_many') && t(`report.${at}`)}
      </p>
      <footer class="dialog-actions">
        <Button kind="quiet" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
        <Button kind="primary" icon="flag" type="submit" disabled={category === ''}>
          {t('report.send')}
        </Button>
      </footer>
    </form>
  );
}

/** For all hosts that keep it. */
function isSealed(keys: ReportKeys): boolean {
  return [...keys.values()].every((key) => key !== undefined);
}

function Fields(): VNode {
  const names = { words: useId(), contact: useId(), hint: useId() };
  return (
    <>
      <label for={names.words}>{t('report.words')}</label>
      <textarea id={names.words} name="words" class="field" rows={4} maxLength={4000} />
      <label for={names.contact}>{t('report.contact')}</label>
      <input id={names.contact} name="contact" class="field" maxLength={200} aria-describedby={names.hint} />
      <p id={names.hint} class="soft small">
        {t('report.contactHint')}
      </p>
    </>
  );
}

function Thanks({ onClose }: { onClose: () => void }): VNode {
  return (
    <div class="stack" role="status">
      <p class="note note-good">
        <Icon name="check" />
        <span>{t('report.sent')}</span>
      </p>
      <footer class="dialog-actions">
        <Button kind="primary" onClick={onClose} data-first>
          {t('dialog.close')}
        </Button>
      </footer>
    </div>
  );
}
