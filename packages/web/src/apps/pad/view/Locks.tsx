import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import type { OwnerAnswer, PadDocument } from '../model/document.ts';

const ANSWERS: Record<OwnerAnswer, MessageKey> = {
  done: 'pad.locks.done',
  offline: 'pad.about.offline',
  refused: 'pad.about.refused',
  too_long: 'pad.about.refused',
  too_large: 'pad.locks.tooLarge',
};

/** For the owner: new links, asked for twice, because whoever has an old one is sent away. */
export function Locks({ document }: { document: PadDocument }): VNode {
  const [step, setStep] = useState<'rest' | 'asking' | 'busy'>('rest');
  const [said, say] = useState<MessageKey | null>(null);
  const change = async () => {
    setStep('busy');
    say('pad.locks.busy');
    const answer = await document.changeLocks();
    setStep('rest');
    say(ANSWERS[answer]);
  };
  return (
    <>
      {step === 'asking' ? (
        <fieldset class="pad-owner-ask">
          <legend>{t('pad.locks.change')}</legend>
          <p>{t('pad.locks.ask')}</p>
          <p>{t('pad.locks.own')}</p>
          <div class="pad-owner-row">
            <Button kind="plain" onClick={() => setStep('rest')}>
              {t('pad.locks.no')}
            </Button>
            <Button kind="danger" icon="key" onClick={change}>
              {t('pad.locks.yes')}
            </Button>
          </div>
        </fieldset>
      ) : (
        <div class="pad-owner-row">
          <Button kind="plain" icon="key" disabled={step === 'busy'} onClick={() => setStep('asking')}>
            {t('pad.locks.change')}
          </Button>
        </div>
      )}
      <p role="status">{said && t(said)}</p>
    </>
  );
}
