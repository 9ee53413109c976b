import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { plural, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { MyDrop } from '../session/mine.ts';

interface MendProps {
  mine: MyDrop;
  /** Asks the host again how the drop is. */
  reload: () => Promise<void>;
}

/** The host that counts the downloads does not answer: what can be taken meanwhile, and what the owner can do about the rest. */
export function Mend({ mine, reload }: MendProps): VNode | null {
  const [isBusy, setBusy] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const { header, counting } = mine.offer;
  if (header.downloads === 0 || counting === undefined || counting.apart === 0) return null;
  if (counting.at !== 'away' && counting.at !== 'gone') return null;
  const { left, apart, at } = counting;
  const mend = async (): Promise<void> => {
    setBusy(true);
    const { expiry, downloads } = header;
    const changed = await mine.change({ expiry, downloads: downloads + apart });
    setBusy(false);
    setRefused(!changed.ok);
    await reload();
  };
  return (
    <section class="note note-warn" data-counting={at} aria-label={t('drop.mend.title')}>
      <Icon name="warning" />
      <div class="stack">
        <p>
          {t('drop.mend.away')} {left === 0 ? t('drop.mend.none') : plural('drop.mend.some', left)}
        </p>
        {at === 'away' && <p>{t('drop.mend.wait')}</p>}
        {at === 'gone' && (
          <>
            <p>{plural('drop.mend.gone', apart)}</p>
            <p>
              <Button kind="primary" disabled={isBusy} onClick={() => void mend()}>
                {plural('drop.mend.yes', apart)}
              </Button>
            </p>
          </>
        )}
        <p class="small" role="status">
          {isRefused && t('drop.manage.refused')}
        </p>
      </div>
    </section>
  );
}
