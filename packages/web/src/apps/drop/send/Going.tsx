import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { type MessageKey, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { announce } from '../../../ui/toasts.ts';
import { placeAt, startsOf } from '../model/place.ts';
import type { Started } from '../session/send.ts';
import type { Sending, SendState } from '../session/sending.ts';
import { FileRows } from './FileRows.tsx';
import { refusalWords } from './refusals.ts';

const HEADINGS: Record<SendState['at'], MessageKey> = {
  running: 'drop.going.running',
  waiting: 'drop.going.waiting',
  paused: 'drop.going.paused',
  failed: 'drop.going.failed',
  done: 'drop.going.done',
  ended: 'drop.going.ended',
};

interface GoingProps {
  started: Started;
  /** Back to the form, with what was chosen. */
  onBack: () => void;
}

/** A drop on its way: how far, how fast, how long it still takes, and each file. */
export function Going({ started, onBack }: GoingProps): VNode {
  const { sending, isKept } = started;
  const state = sending.state.value;
  const heading = t(HEADINGS[state.at]);
  useEffect(() => announce(heading), [heading]);
  return (
    <section class={`drop-going is-${state.at}`} data-sending={state.at}>
      <h2>
        {state.at === 'failed' && <Icon name="warning" />}
        {heading}
      </h2>
      {state.at === 'waiting' && <p>{t('drop.going.waitingText')}</p>}
      {state.at === 'failed' && <Failure started={started} state={state} />}
      <Bar sending={sending} />
      <Buttons sending={sending} onBack={onBack} />
      <p class="soft small">{t(isKept ? 'drop.going.kept' : 'drop.going.notKept')}</p>
      <Files sending={sending} />
    </section>
  );
}

function Failure({ started, state }: { started: Started; state: SendState & { at: 'failed' } }): VNode {
  const { title, text } = refusalWords(state.code);
  const name = started.changed() ?? '';
  return (
    <div class="note note-bad" role="alert">
      <Icon name="warning" />
      <span>
        <strong>{t(title, { name })}</strong> {t(text)}
      </span>
    </div>
  );
}

function Bar({ sending }: { sending: Sending }): VNode {
  const { bytes, total, state, pace } = sending;
  return <ProgressBar bytes={bytes.value} total={total.value} isMoving={state.value.at === 'running'} pace={pace} />;
}

function Buttons({ sending, onBack }: { sending: Sending; onBack: () => void }): VNode {
  const [isAsking, setAsking] = useState(false);
  const state = sending.state.value;
  const giveUp = async (): Promise<void> => {
    await sending.giveUp();
    onBack();
  };
  if (state.at === 'failed' && !state.isKept)
    return (
      <p class="row">
        <Button kind="primary" onClick={onBack}>
          {t('drop.going.back')}
        </Button>
      </p>
    );
  if (isAsking)
    return (
      <div class="note note-warn">
        <Icon name="warning" />
        <div class="stack">
          <p>{t('drop.going.stopAsk')}</p>
          <p class="row">
            <Button kind="danger" onClick={() => void giveUp()}>
              {t('drop.going.stopYes')}
            </Button>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t('drop.going.stopNo')}
            </Button>
          </p>
        </div>
      </div>
    );
  return (
    <p class="row">
      {state.at === 'running' ? (
        <Button onClick={() => sending.pause()}>{t('drop.going.pause')}</Button>
      ) : (
        <Button kind="primary" onClick={() => sending.resume()}>
          {t(state.at === 'paused' ? 'drop.going.resume' : 'drop.going.tryNow')}
        </Button>
      )}
      {state.at === 'waiting' && <Button onClick={() => sending.pause()}>{t('drop.going.pause')}</Button>}
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('drop.going.stop')}
      </Button>
    </p>
  );
}

/** Each file: sent, on its way, or waiting. */
function Files({ sending }: { sending: Sending }): VNode {
  const { files } = sending;
  const starts = useMemo(() => startsOf(files.map(({ size }) => size)), [files]);
  const total = sending.total.value;
  const { index, share } = placeAt(starts, total === 0 ? 0 : sending.bytes.value / total);
  return (
    <>
      <h3 class="drop-files-title">{t('drop.going.files', { done: index, total: files.length })}</h3>
      <FileRows
        rows={files}
        from={Math.max(0, index - 3)}
        about={(row) => {
          if (row < index) return <FileDone size={files[row]?.size ?? 0} />;
          return row === index ? t('drop.going.share', { share: Math.floor(share * 100) }) : undefined;
        }}
      />
    </>
  );
}

function FileDone({ size }: { size: number }): VNode {
  return (
    <span class="drop-file-done">
      <Icon name="check" />
      <span class="visually-hidden">{t('drop.going.sent')}</span> {sizeInWords(size)}
    </span>
  );
}
