import type { VNode } from 'preact';
import { dayInWords } from '../i18n/dates.ts';
import { t } from '../i18n/index.ts';
import type { Series } from '../network/hosts-page.ts';
import { availability, percent } from './words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BAR = 4;
const HEIGHT = 24;
/** Below it a bar has the colour of a failure. */
const WELL = 0.99;

/** How often it answered, a bar for each time of the series; said in words for who does not see it. */
export function Availability({ series, unit }: { series: Series; unit: 'days' | 'hours' }): VNode {
  const { answered, fromMs } = series;
  const share = availability(series);
  const since = answered.findIndex((value) => value !== null);
  const stepMs = unit === 'days' ? DAY_MS : HOUR_MS;
  const from = fromMs + since * stepMs;
  const isNew = fromMs + answered.length * stepMs - from <= DAY_MS;
  const said = share === null ? '' : percent(share);
  const words =
    share === null
      ? t('hosts.history.none')
      : isNew
        ? t('hosts.history.day', { share: said })
        : t('hosts.history.words', { share: said, since: dayInWords(from) });
  return (
    <figure class={`history history-${unit}`}>
      <svg
        viewBox={`0 0 ${answered.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {answered.map((value, index) => {
          const height = value === null ? 2 : Math.max(3, value * HEIGHT);
          const kind = value === null ? 'none' : value >= WELL ? 'good' : 'bad';
          const key = fromMs + index * stepMs;
          return (
            <rect
              key={key}
              class={`bar-${kind}`}
              x={index * BAR}
              y={HEIGHT - height}
              width={unit === 'days' ? BAR - 1 : BAR}
              height={height}
            />
          );
        })}
      </svg>
      <figcaption class="soft small">{words}</figcaption>
    </figure>
  );
}
