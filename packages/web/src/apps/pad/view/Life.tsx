import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { dayInWords, momentInWords } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { isLastCopy, type PadDocument } from '../model/document.ts';

/** Everybody is warned from here on; one that was made for a week is not called short-lived on its first day. */
const SOON_MS = 6.5 * 86_400_000;

interface LifeProps {
  document: PadDocument;
  now: () => number;
  /** Opens "About this document". */
  about: () => void;
}

/** Says that the document ends within days, and who can keep it longer. Put away, it comes back with another end. */
export function Expiring({ document, now, about }: LifeProps): VNode | null {
  const away = useSignal(0);
  const { cap } = document;
  const at = document.expiresAt.value ?? 0;
  const isOver = document.notices.value.some(isLastCopy);
  if (isOver || at <= now() || at - now() > SOON_MS || away.value === at) return null;
  return (
    <section class="pad-notice is-calm" role="status" data-notice="expiring">
      <Icon name="warning" />
      <div class="pad-notice-words">
        <strong>{t('pad.life.soon', { when: momentInWords(at, now()), day: dayInWords(at) })}</strong>{' '}
        <span>{t(cap === 'own' ? 'pad.life.soonOwn' : 'pad.life.soonOther')}</span>
      </div>
      <div class="pad-notice-acts">
        {cap === 'own' && (
          <Button kind="plain" onClick={about}>
            {t('pad.life.keep')}
          </Button>
        )}
        <IconButton
          icon="close"
          label={t('toast.dismiss')}
          onClick={() => {
            away.value = at;
          }}
        />
      </div>
    </section>
  );
}

/** Below the text: until when it is kept. Whoever wants to know more, or may change it, is led there. */
export function KeptUntil({ document, now, about }: LifeProps): VNode | null {
  const at = document.expiresAt.value;
  // What is over, or closed to this link, says so above the text.
  if (at === undefined || document.notices.value.some(isLastCopy)) return null;
  const words = { day: dayInWords(at ?? 0), when: momentInWords(at ?? 0, now()) };
  const until = at === null ? t('pad.life.never') : t('pad.life.until', words);
  return (
    <p class="pad-life" data-testid="pad-life">
      <span>{until}</span>
      <Button kind="quiet" onClick={about}>
        {t(document.cap === 'own' ? 'pad.life.change' : 'pad.life.more')}
      </Button>
    </p>
  );
}
