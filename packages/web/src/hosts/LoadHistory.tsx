import type { VNode } from 'preact';
import { dayInWords, hourInWords } from '../i18n/dates.ts';
import { t } from '../i18n/index.ts';
import type { Series } from '../network/hosts-page.ts';
import { fullestOf, MUCH, middleOf, percentRoughly } from './words.ts';

const HOUR_MS = 3_600_000;
const STEP_MS = { days: 24 * HOUR_MS, hours: HOUR_MS } as const;
const BAR = 4;
const HEIGHT = 40;

type Unit = keyof typeof STEP_MS;

function wordsOf(series: Series, unit: Unit): string {
  const fullest = fullestOf(series);
  if (fullest === undefined) return t('hosts.loads.none');
  const at = series.fromMs + fullest.index * STEP_MS[unit];
  const when = unit === 'days' ? dayInWords(at) : hourInWords(at);
  return t('hosts.loads.words', {
    middle: percentRoughly(middleOf(series)),
    most: percentRoughly(fullest.share),
    when,
  });
}

/** How much of what it can take was in use, the fullest moment of each time of the series; said in words for who does not see it. */
export function LoadHistory({ series, unit }: { series: Series; unit: Unit }): VNode {
  const { fullest, fromMs } = series;
  const width = fullest.length * BAR;
  const limit = HEIGHT * (1 - MUCH);
  return (
    <figure class={`history loads loads-${unit}`}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="loads-all" width={width} height={HEIGHT} />
        {fullest.map((share, index) => {
          if (share === null) return null;
          const height = Math.max(1, Math.min(1, share) * HEIGHT);
          return (
            <rect
              key={fromMs + index * STEP_MS[unit]}
              class={share >= MUCH ? 'load-much' : 'load-some'}
              x={index * BAR}
              y={HEIGHT - height}
              width={unit === 'days' ? BAR - 1 : BAR}
              height={height}
            />
          );
        })}
        <path class="loads-limit" d={`M0 ${limit}H${width}`} vector-effect="non-scaling-stroke" />
      </svg>
      <figcaption class="soft small">{wordsOf(series, unit)}</figcaption>
    </figure>
  );
}
