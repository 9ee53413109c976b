import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { Icon } from '../../../../ui/icons.tsx';
import type { OpenedDrop } from '../model/opened-drop.ts';
import { type Look, lookAt } from '../session/look.ts';
import { failureWords } from './words.ts';

/** A file of the drop, to look at. `index` undefined: closed. */
export function LookDialog({
  drop,
  index,
  onClose,
}: {
  drop: OpenedDrop;
  index: number | undefined;
  onClose: () => void;
}): VNode {
  const [look, show] = useState<Look | undefined>(undefined);
  useEffect(() => {
    if (index === undefined) return;
    const closing = new AbortController();
    let shown: Look | undefined;
    lookAt(drop, index, closing.signal)
      .then((made) => {
        shown = made;
        if (closing.signal.aborted) made.close();
        else show(made);
      })
      .catch((error: unknown) => {
        if (!closing.signal.aborted) throw error;
      });
    return () => {
      closing.abort();
      shown?.close();
      show(undefined);
    };
  }, [index]);
  const name = index === undefined ? '' : (drop.files[index]?.name ?? '');
  return (
    <Dialog open={index !== undefined} onClose={onClose} title={name}>
      <div class="take-look" data-look={look?.kind ?? 'opening'}>
        {look === undefined ? (
          <p role="status" class="soft">
            {t('drop.take.looking')}
          </p>
        ) : (
          <Seen look={look} name={name} />
        )}
      </div>
    </Dialog>
  );
}

function Seen({ look, name }: { look: Look; name: string }): VNode {
  const [isBroken, breakOff] = useState(false);
  const onError = (): void => breakOff(true);
  if (look.kind === 'none' || isBroken) return <p>{t('drop.take.notShown')}</p>;
  if (look.kind === 'failed') return <p>{t(failureWords(look.error).what)}</p>;
  if (look.kind === 'picture') return <img src={look.address} alt={name} onError={onError} />;
  if (look.kind === 'sound') {
    // biome-ignore lint/a11y/useMediaCaption: what is said in it is not known here
    return <audio src={look.address} controls onError={onError} aria-label={name} />;
  }
  if (look.kind === 'film') {
    // biome-ignore lint/a11y/useMediaCaption: what is said in it is not known here
    return <video src={look.address} controls playsInline onError={onError} aria-label={name} />;
  }
  if (look.kind === 'pdf') {
    return (
      <p class="stack">
        <span>{t('drop.take.pdf')}</span>
        <a class="button button-primary" href={look.address} target="_blank" rel="noopener noreferrer">
          <Icon name="arrow" />
          <span>{t('drop.take.pdf.open')}</span>
        </a>
      </p>
    );
  }
  return (
    <>
      {look.isCut && <p class="soft small">{t('drop.take.textCut')}</p>}
      <textarea class="field take-text" dir="auto" readOnly rows={16} aria-label={name} value={look.text} />
    </>
  );
}
