import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { PadDocument, RemoveAnswer } from '../model/document.ts';
import { onPublication, readPublication } from '../model/publication.ts';

/** After `done` this view is gone. */
const ANSWERS: Record<Exclude<RemoveAnswer, 'done'>, MessageKey> = {
  offline: 'pad.about.offline',
  refused: 'pad.about.refused',
  too_long: 'pad.about.refused',
  too_large: 'pad.about.refused',
  page_offline: 'pad.about.deletePageOffline',
  page_refused: 'pad.about.deletePageRefused',
};

/** For the owner: asked for twice; the published page goes, too. */
export function DeleteDocument({ document }: { document: PadDocument }): VNode {
  const [step, setStep] = useState<'rest' | 'asking' | 'busy'>('rest');
  const [answer, setAnswer] = useState<RemoveAnswer>('done');
  const isPublished = useIsPublished(document);
  const isPageLeft = answer === 'page_offline' || answer === 'page_refused';
  const remove = async (): Promise<void> => {
    setStep('busy');
    const said = await document.remove(isPageLeft);
    setAnswer(said);
    setStep('asking');
  };
  const keep = (): void => {
    setAnswer('done');
    setStep('rest');
  };
  if (step === 'rest')
    return (
      <div class="pad-owner-row">
        <Button kind="danger" icon="remove" onClick={() => setStep('asking')}>
          {t('pad.about.delete')}
        </Button>
      </div>
    );
  return (
    <fieldset class="pad-owner-ask">
      <legend>{t('pad.about.delete')}</legend>
      <p>{t('pad.about.deleteAsk')}</p>
      {isPublished && <p>{t('pad.about.deletePage')}</p>}
      <div role="status">
        {step === 'busy' && isPublished && <p>{t('pad.about.deletePageBusy')}</p>}
        {step !== 'busy' && answer !== 'done' && (
          <p class="note note-bad">
            <Icon name="warning" />
            <span>{t(ANSWERS[answer])}</span>
          </p>
        )}
      </div>
      <div class="pad-owner-row">
        <Button kind="plain" disabled={step === 'busy'} onClick={keep}>
          {t('pad.about.deleteNo')}
        </Button>
        <Button kind="danger" icon="remove" disabled={step === 'busy'} onClick={remove}>
          {t(isPageLeft ? 'pad.about.deleteAllTheSame' : 'pad.about.deleteYes')}
        </Button>
      </div>
    </fieldset>
  );
}

function useIsPublished({ ydoc }: PadDocument): boolean {
  const read = (): boolean => readPublication(ydoc)?.words !== undefined;
  const [isPublished, keep] = useState(read);
  useEffect(() => onPublication(ydoc, () => keep(read())), [ydoc]);
  return isPublished;
}
