import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { type MessageKey, t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Icon } from '../../../../ui/icons.tsx';
import { ProgressBar } from '../../../../ui/ProgressBar.tsx';
import { announce } from '../../../../ui/toasts.ts';
import type { TakeErrorCode, Transfer, TransferState } from '../model/transfer.ts';
import type { Current, Taking } from '../session/taking.ts';
import { failureWords } from './words.ts';

const HEADINGS: Record<TransferState['at'], MessageKey> = {
  running: 'drop.take.is.running',
  paused: 'drop.take.is.paused',
  waiting: 'drop.take.is.waiting',
  done: 'drop.take.is.done',
  stopped: 'drop.take.is.stopped',
  failed: 'drop.take.is.failed',
};

/** How far it is, and how it ended. */
export function Progress({ taking }: { taking: Taking }): VNode | null {
  const current = taking.current.value;
  return current === undefined ? null : <Going current={current} files={taking.drop.files} />;
}

function Going({ current, files }: { current: Current; files: readonly { name: string }[] }): VNode {
  const { transfer, what } = current;
  const state = transfer.state.value;
  const heading = t(HEADINGS[state.at]);
  useEffect(() => announce(heading), [heading]);
  const name = typeof what === 'object' ? files[what.index]?.name : undefined;
  const isBusy = !transfer.isOver;
  return (
    <section class={`take-progress is-${state.at}`} data-transfer={state.at} aria-label={t('drop.take.progress')}>
      <h2>
        {state.at === 'done' && <Icon name="check" />}
        {state.at === 'failed' && <Icon name="warning" />}
        {heading}
      </h2>
      {name !== undefined && (
        <p class="take-what">
          <bdi>{name}</bdi>
        </p>
      )}
      {isBusy && <Bar transfer={transfer} />}
      {state.at === 'failed' && <Failure code={state.code} />}
      {state.at === 'done' && <p>{t(what === 'folder' ? 'drop.take.done.folder' : 'drop.take.done')}</p>}
      {state.at === 'stopped' && <p>{t(what === 'folder' ? 'drop.take.stopped.folder' : 'drop.take.stopped')}</p>}
      {state.at === 'waiting' && <p>{t('drop.take.waiting')}</p>}
      {isBusy && (
        <p class="row">
          {state.at === 'running' ? (
            <Button onClick={() => transfer.pause()}>{t('drop.take.pause')}</Button>
          ) : (
            <Button kind="primary" onClick={() => transfer.resume()}>
              {t(state.at === 'paused' ? 'drop.take.resume' : 'drop.take.tryNow')}
            </Button>
          )}
          <Button kind="quiet" onClick={() => transfer.stop()}>
            {t('drop.take.stop')}
          </Button>
        </p>
      )}
    </section>
  );
}

function Failure({ code }: { code: TakeErrorCode }): VNode {
  const { what, next } = failureWords(code);
  return (
    <>
      <p>{t(what)}</p>
      <p>{t(next)}</p>
    </>
  );
}

function Bar({ transfer }: { transfer: Transfer }): VNode {
  const { total, pace, bytes, state } = transfer;
  return <ProgressBar bytes={bytes.value} total={total} isMoving={state.value.at === 'running'} pace={pace} />;
}
