import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { momentInWords } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { PadDocument } from '../model/document.ts';
import { writesText } from '../model/document.ts';
import { useLater } from './use-later.ts';

/** Says that others wrote since the last visit; who may see the past can look at what. */
export function News({
  document,
  now,
  see,
}: {
  document: PadDocument;
  now: () => number;
  see: () => void;
}): VNode | null {
  const isAway = useSignal(false);
  useSeen(document);
  const last = document.past.lastVisit.value;
  const maySee = writesText(document.cap) || document.past.isOpenToReaders.value;
  const Named = useLater(last !== undefined, () => import('./together/Named.tsx').then((part) => part.Named));
  if (last === undefined || isAway.value) return null;
  const away = () => {
    isAway.value = true;
    document.past.markSeen();
  };
  return (
    <section class="pad-notice is-news" role="status" data-notice="news">
      <Icon name="past" />
      <div class="pad-notice-words">
        {t('pad.past.news', { when: momentInWords(last.at, now()) })}{' '}
        {Named && <Named document={document} last={last} />}
      </div>
      <div class="pad-notice-acts">
        {maySee && (
          <Button
            kind="plain"
            onClick={() => {
              away();
              see();
            }}
          >
            {t('pad.past.newsSee')}
          </Button>
        )}
        <IconButton icon="close" label={t('toast.dismiss')} onClick={away} />
      </div>
    </section>
  );
}

/** While somebody looks, what came is noted as seen after this time: when a page goes away it is too late for some browsers. */
const REST_MS = 1500;

function useSeen({ ydoc, past }: PadDocument): void {
  useEffect(() => {
    let timer = 0;
    const rest = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (window.document.visibilityState === 'visible') past.markSeen();
      }, REST_MS);
    };
    const leave = (): void => {
      if (window.document.visibilityState === 'hidden') past.markSeen();
    };
    rest();
    ydoc.on('update', rest);
    window.document.addEventListener('visibilitychange', leave);
    return () => {
      window.clearTimeout(timer);
      ydoc.off('update', rest);
      window.document.removeEventListener('visibilitychange', leave);
    };
  }, [ydoc, past]);
}
