import type { KeptDelivery } from '@archipel/client/storage';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { dateInWords } from '../../../i18n/dates.ts';
import { plural, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Refused } from './AskForm.tsx';
import { type Given, takeBack } from './give.ts';
import { type Obstacle, obstacleOf } from './words.ts';

const SECOND_MS = 1000;

interface ReceiptsProps {
  given: Given;
  receipts: readonly KeptDelivery[];
  onGone: (id: string) => void;
  /** Delivers it again. */
  onAgain: (one: KeptDelivery) => void;
}

/** What this browser sent for a request, and taking it back. */
export function Receipts({ given, receipts, onGone, onAgain }: ReceiptsProps): VNode | null {
  if (receipts.length === 0) return null;
  return (
    <section class="drop-card" aria-labelledby="receipts">
      <h2 id="receipts">{t('give.receipts')}</h2>
      <ul class="ask-list" aria-live="polite">
        {receipts.map((one) => (
          <li key={one.id} class="ask-item">
            <Receipt given={given} one={one} onGone={() => onGone(one.id)} onAgain={() => onAgain(one)} />
          </li>
        ))}
      </ul>
      <p class="soft small">{t('give.receiptsText')}</p>
    </section>
  );
}

interface ReceiptProps {
  given: Given;
  one: KeptDelivery;
  onGone: () => void;
  onAgain: () => void;
}

function Receipt({ given, one, onGone, onAgain }: ReceiptProps): VNode {
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { files, bytes, delivered } = one;
  const back = async (): Promise<void> => {
    setBusy(true);
    const taken = await takeBack(given, one);
    setBusy(false);
    if (taken.ok) onGone();
    else setObstacle(obstacleOf(taken.error));
  };
  return (
    <>
      <p class="ask-who">
        <strong class={delivered && 'ask-done'}>
          {delivered !== undefined && <Icon name="check" />}
          {delivered === undefined
            ? t('give.notYet')
            : t('give.delivered', { number: delivered.number, when: dateInWords(delivered.time * SECOND_MS) })}
        </strong>
        <span class="soft small">
          {plural('ask.files', files)}, {sizeInWords(bytes)}
        </span>
      </p>
      <p class="row">
        {delivered === undefined && <Button onClick={onAgain}>{t('give.again')}</Button>}
        <Button kind="quiet" disabled={isBusy} onClick={() => void back()}>
          {t('give.takeBack')}
        </Button>
      </p>
      {obstacle !== null && <Refused obstacle={obstacle} />}
    </>
  );
}
