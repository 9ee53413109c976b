import { allowanceFor } from '@archipel/client/drop';
import type { ErrorName, Result } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type MessageKey, plural, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Select } from '../../../ui/Select.tsx';
import { dayChoices, downloadChoices } from '../send/terms.ts';
import { isStale, type MyDrop } from '../session/mine.ts';

const DAY_S = 86_400;
const SECOND_MS = 1000;
/** The choice that leaves things as they are. */
const AS_IT_IS = '';

const ANSWERS: Partial<Record<ErrorName, MessageKey>> = {
  host_unreachable: 'drop.manage.offline',
  unavailable: 'drop.manage.offline',
  expiry_too_long: 'drop.manage.tooLong',
  stale_header: 'drop.manage.stale',
};

interface ManageProps {
  mine: MyDrop;
  /** Asks the host again how the drop is. */
  reload: () => Promise<void>;
}

/** Keeping it longer, allowing more downloads, deleting it. */
export function Manage({ mine, reload }: ManageProps): VNode {
  const [days, setDays] = useState(AS_IT_IS);
  const [downloads, setDownloads] = useState(AS_IT_IS);
  const [said, say] = useState<MessageKey | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const attempt = async (asked: Promise<Result<void>>): Promise<boolean> => {
    setBusy(true);
    const answer = await asked;
    setBusy(false);
    if (!answer.ok) say(ANSWERS[answer.error] ?? 'drop.manage.refused');
    if (!answer.ok && isStale(answer.error)) await reload();
    return answer.ok;
  };
  const change = async (): Promise<void> => {
    const { header } = mine.offer;
    const expiry = days === AS_IT_IS ? header.expiry : Math.floor(Date.now() / SECOND_MS) + Number(days) * DAY_S;
    const more = Number(downloads);
    const allowed = downloads === AS_IT_IS ? header.downloads : more === 0 ? 0 : allowanceFor(mine.offer, more);
    if (!(await attempt(mine.change({ expiry, downloads: allowed })))) return;
    setDays(AS_IT_IS);
    setDownloads(AS_IT_IS);
    say('drop.manage.done');
    await reload();
  };
  const remove = async (): Promise<void> => {
    const isGone = await attempt(mine.remove());
    setDeleting(false);
    if (isGone) location.replace('/documents');
  };
  const asItIs = { value: AS_IT_IS, text: t('drop.manage.asItIs') };
  return (
    <section class="drop-card" aria-labelledby="manage">
      <h2 id="manage">{t('drop.manage.title')}</h2>
      <div class="row drop-selects">
        <Select label={t('drop.manage.days')} value={days} options={[asItIs, ...dayChoices()]} onChange={setDays} />
        <Select
          label={t('drop.manage.downloads')}
          value={downloads}
          options={[asItIs, ...downloadChoices()]}
          onChange={setDownloads}
        />
        <Button disabled={isBusy || (days === AS_IT_IS && downloads === AS_IT_IS)} onClick={() => void change()}>
          {t('drop.manage.change')}
        </Button>
      </div>
      <p class="small" aria-live="polite">
        {said !== null && t(said)}
      </p>
      <p class="row">
        <Button kind="danger" icon="remove" onClick={() => setDeleting(true)}>
          {t('drop.manage.delete')}
        </Button>
      </p>
      <Dialog
        open={isDeleting}
        onClose={() => setDeleting(false)}
        title={t('drop.manage.deleteTitle')}
        actions={
          <>
            <Button kind="quiet" onClick={() => setDeleting(false)}>
              {t('dialog.cancel')}
            </Button>
            <Button kind="danger" disabled={isBusy} onClick={() => void remove()}>
              {t('drop.manage.deleteYes')}
            </Button>
          </>
        }
      >
        <p>{plural('drop.manage.deleteText', mine.offer.manifest.files.length)}</p>
      </Dialog>
    </section>
  );
}
