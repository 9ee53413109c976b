import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import type { Attempt } from './attempt.ts';

const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;

/** Seconds until `again`, told anew each second; never below 0. */
function useCountdown(again: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (again === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [again]);
  return Math.max(0, Math.ceil(((again ?? now) - now) / SECOND_MS));
}

function againInWords(seconds: number): string {
  if (seconds === 0) return t('queue.asking');
  if (seconds < 2 * MINUTE_SECONDS) return plural('queue.again', seconds);
  return plural('queue.later', Math.ceil(seconds / MINUTE_SECONDS));
}

/** The network has no room, or nobody offers what is wished: said as it is. */
export function Queue({ attempt }: { attempt: Attempt }): VNode {
  const state = attempt.state.value;
  const isWaiting = state.at === 'waiting';
  const seconds = useCountdown(isWaiting ? state.again : undefined);
  const place = isWaiting ? state.place : undefined;
  const stop = (): void => attempt.stop();
  const actions = (
    <>
      <Button kind="quiet" onClick={stop}>
        {t(isWaiting ? 'queue.stop' : 'dialog.close')}
      </Button>
      {isWaiting && <Button onClick={() => void attempt.tryNow()}>{t('queue.now')}</Button>}
    </>
  );
  return (
    <Dialog
      open={isWaiting || state.at === 'nobody'}
      onClose={stop}
      title={t(isWaiting ? 'queue.title' : 'queue.nobody')}
      actions={actions}
    >
      {isWaiting ? (
        <>
          <p>{t(place === undefined ? 'queue.text.alone' : 'queue.text')}</p>
          {/* Only a new place is read out, not each second. */}
          <p class="queue-place" role="status">
            {place !== undefined && t('queue.place', { place })}
          </p>
          <p class="soft" aria-hidden="true">
            {againInWords(seconds)}
          </p>
        </>
      ) : (
        <p>{t('queue.nobody.text')}</p>
      )}
    </Dialog>
  );
}
