import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { MessageKey } from '../../../../i18n/index.ts';
import { plural, t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import type { OwnerAnswer, PadDocument } from '../../model/document.ts';

const ANSWERS: Record<OwnerAnswer, MessageKey | null> = {
  done: null,
  offline: 'pad.about.offline',
  refused: 'pad.about.refused',
  too_long: 'pad.about.refused',
  too_large: 'pad.about.refused',
};

interface PastOwnerProps {
  document: PadDocument;
  /** How many moments have a name. */
  versions: number;
  again: () => void;
}

/** What only the owner decides of the past: who may see it, and whether there is one. */
export function PastOwner({ document, versions, again }: PastOwnerProps): VNode {
  const [said, say] = useState<MessageKey | null>(null);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const ask = async (wish: Promise<OwnerAnswer>): Promise<boolean> => {
    setBusy(true);
    const answer = await wish;
    setBusy(false);
    say(ANSWERS[answer]);
    return answer === 'done';
  };
  const erase = async (): Promise<void> => {
    if (await ask(document.past.erase())) again();
  };
  const isOpen = document.past.isOpenToReaders.value;
  return (
    <section class="stack">
      <h3>{t('pad.about.ownerTitle')}</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={isOpen}
          disabled={busy}
          onChange={() => void ask(document.past.setOpenToReaders(!isOpen))}
        />
        <span>{t('pad.past.readers')}</span>
      </label>
      {asking ? (
        <fieldset class="pad-owner-ask">
          <legend>{t('pad.past.erase')}</legend>
          <p>{t('pad.past.eraseAsk')}</p>
          {versions > 0 && <p>{plural('pad.past.eraseVersions', versions)}</p>}
          <div class="row">
            <Button kind="plain" onClick={() => setAsking(false)}>
              {t('pad.past.eraseNo')}
            </Button>
            <Button kind="danger" icon="remove" disabled={busy} onClick={() => void erase()}>
              {t('pad.past.eraseYes')}
            </Button>
          </div>
        </fieldset>
      ) : (
        <Button kind="danger" icon="remove" onClick={() => setAsking(true)}>
          {t('pad.past.erase')}
        </Button>
      )}
      <p role="status">{said && t(said)}</p>
    </section>
  );
}
