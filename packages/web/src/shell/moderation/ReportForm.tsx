import type { VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button, ButtonLink } from '../../ui/Button.tsx';
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

export interface ReportFormProps {
  /** Those that keep it. */
  hosts: readonly ReportHost[];
  /** In base64url. */
  docId: string;
  /** Whole address of the link to read: sent only when the person says so. Left out: everybody can read it. */
  link?: string;
  /** Where it leads back to, or what closes it. */
  leave: Leave;
}

type Leave = (() => void) | { href: string; words: string };

type At = 'writing' | 'sending' | Sent;

/** What it is, in the person’s words, sealed for the people of the host where they have a key (REP-4). */
export function ReportForm({ hosts, docId, link, leave }: ReportFormProps): VNode {
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
    const words = { words: said('words'), contact: said('contact'), link: withLink ? (link ?? '') : '' };
    setAt(await sendReport(keys ?? (await reportKeysOf(hosts)), { docId, category, ...words }));
  };
  if (at === 'sent') return <Thanks leave={leave} />;
  return (
    <form class="stack report" onSubmit={(event) => void send(event)}>
      <p>{t(link === undefined ? 'report.pageAbout' : 'report.about')}</p>
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
      {link !== undefined && (
        <label class="check">
          <input type="checkbox" checked={withLink} onChange={(event) => setWithLink(event.currentTarget.checked)} />
          <span>{t('report.withLink')}</span>
        </label>
      )}
      <p class="soft small">
        {link !== undefined && t(withLink ? 'report.linkSent' : 'report.linkKept')}{' '}
        {keys !== undefined && t(isSealed(keys) ? 'report.sealed' : 'report.unsealed')}
      </p>
      <p class={at === 'writing' || at === 'sending' ? 'soft' : 'note note-bad'} role="status">
        {at === 'sending' && t('report.sending')}
        {(at === 'failed' || at === 'too_many') && t(`report.${at}`)}
      </p>
      <footer class="dialog-actions">
        {typeof leave === 'function' ? (
          <Button kind="quiet" onClick={leave}>
            {t('dialog.cancel')}
          </Button>
        ) : (
          <ButtonLink kind="quiet" href={leave.href}>
            {leave.words}
          </ButtonLink>
        )}
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

function Thanks({ leave }: { leave: Leave }): VNode {
  return (
    <div class="stack" role="status">
      <p class="note note-good">
        <Icon name="check" />
        <span>{t('report.sent')}</span>
      </p>
      <footer class="dialog-actions">
        {typeof leave === 'function' ? (
          <Button kind="primary" onClick={leave} data-first>
            {t('dialog.close')}
          </Button>
        ) : (
          <ButtonLink kind="primary" href={leave.href}>
            {leave.words}
          </ButtonLink>
        )}
      </footer>
    </div>
  );
}
