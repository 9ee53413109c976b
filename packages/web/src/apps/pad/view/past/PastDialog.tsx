import '../../style/past.css';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { language, t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import type { PadDocument } from '../../model/document.ts';
import type { Past, PastProgress } from '../../model/past.ts';
import { PastControls } from './PastControls.tsx';
import { PastSheet } from './PastSheet.tsx';
import { PastSide } from './PastSide.tsx';
import { usePast } from './use-past.ts';
import { type Base, usePlayer } from './use-player.ts';

interface PastDialogProps {
  open: boolean;
  onClose: () => void;
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  /** Opens with what changed since the last visit. */
  sinceVisit: boolean;
}

/** The pad at any moment of its past. */
export function PastDialog({ open, onClose, ...props }: PastDialogProps): VNode {
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.past.title')} wide>
      {open && <PastOpened {...props} onClose={onClose} />}
    </Dialog>
  );
}

function PastOpened(props: Omit<PastDialogProps, 'open'>): VNode {
  const [round, setRound] = useState(0);
  const again = (): void => setRound((before) => before + 1);
  const state = usePast(props.document, round);
  if (state.is === 'loading') return <Loading progress={state.progress} sinceMs={state.sinceMs} />;
  if (state.is === 'problem') {
    return (
      <div class="past-empty">
        <p role="alert">{t(`pad.past.problem.${state.problem}`)}</p>
        {state.problem !== 'closed' && <Button onClick={again}>{t('pad.past.again')}</Button>}
      </div>
    );
  }
  return <Ready key={round} past={state.past} again={again} {...props} />;
}

function Ready({
  past,
  sinceVisit,
  ...props
}: Omit<PastDialogProps, 'open'> & { past: Past; again: () => void }): VNode {
  const first: Base = sinceVisit && past.seen !== undefined ? 'visit' : 'step';
  const player = usePlayer(past, first);
  const [coloured, setColoured] = useState(true);
  return (
    <div class="past">
      <div class="past-main">
        {!past.isCurrent && <p class="note note-warn">{t('pad.past.cached')}</p>}
        <PastControls past={past} player={player} coloured={coloured} setColoured={setColoured} />
        {player.drawing && <PastSheet drawing={player.drawing} people={past.people} coloured={coloured} />}
      </div>
      <PastSide past={past} player={player} {...props} />
    </div>
  );
}

/** Amount, speed and time left. */
function Loading({ progress, sinceMs }: { progress: PastProgress; sinceMs: number }): VNode {
  const { done, total } = progress;
  const seconds = Math.max(0.001, (performance.now() - sinceMs) / 1000);
  const rate = done / seconds;
  const number = new Intl.NumberFormat(language.value, { maximumFractionDigits: 0 });
  const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
  return (
    <div class="past-empty" role="status">
      <p>{t('pad.past.loading')}</p>
      {total > 0 && (
        <>
          <progress value={done} max={total} aria-label={t('pad.past.loading')} />
          <p class="soft small">
            {t('pad.past.progress', {
              done: number.format(done),
              total: number.format(total),
              rate: number.format(rate),
              left: number.format(left),
            })}
          </p>
        </>
      )}
    </div>
  );
}
