import './progress.css';
import type { VNode } from 'preact';
import { durationInWords, sizeInWords, speedInWords } from '../i18n/amounts.ts';
import { t } from '../i18n/index.ts';

interface ProgressBarProps {
  bytes: number;
  total: number;
  /** It goes on just now: speed and time left mean something. */
  isMoving: boolean;
  pace: { readonly bytesPerSecond: number | undefined; leftMs(total: number): number | undefined };
}

/** How far long work is: drawn, and as amount, speed and time left. */
export function ProgressBar({ bytes, total, isMoving, pace }: ProgressBarProps): VNode {
  const share = total === 0 ? 0 : Math.floor((bytes / total) * 100);
  const speed = isMoving ? pace.bytesPerSecond : undefined;
  const left = pace.leftMs(total);
  return (
    <div class="progress">
      <progress max={100} value={share} aria-label={t('progress.label')} />
      <p class="progress-figures">
        <span>{t('progress.amount', { done: sizeInWords(bytes), total: sizeInWords(total) })}</span>
        {speed !== undefined && <span>{speedInWords(speed)}</span>}
        {speed !== undefined && left !== undefined && bytes < total && (
          <span>{t('progress.left', { time: durationInWords(left) })}</span>
        )}
      </p>
    </div>
  );
}
