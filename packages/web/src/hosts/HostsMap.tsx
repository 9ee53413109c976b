import type { VNode } from 'preact';
import { plural, t } from '../i18n/index.ts';
import type { HostView } from '../network/hosts-page.ts';
import { pointOf, viewOf } from './chart.ts';
import land from './land.svg';
import { placeOf, standingOf, standingWords } from './words.ts';

/** Of the width of the map. */
const DOT = 1 / 90;

/** How many are where: "2 in France, 1 in Germany". */
function places(hosts: readonly HostView[]): string {
  const counts = new Map<string, number>();
  for (const { country } of hosts) counts.set(country, (counts.get(country) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([country, count]) => t('hosts.map.place', { count, country: placeOf(country) }))
    .join(', ');
}

/** Hosts where they say that they are. A picture only: the list beneath leads to them. */
export function HostsMap({ hosts }: { hosts: readonly HostView[] }): VNode | null {
  const placed = hosts.flatMap((host) => (host.position === null ? [] : [{ host, ...pointOf(host.position) }]));
  if (placed.length === 0) return null;
  const { x, y, width, height } = viewOf(placed);
  return (
    <figure class="map">
      <svg viewBox={`${x} ${y} ${width} ${height}`} aria-hidden="true" focusable="false">
        <use href={`${land}#land`} class="map-land" stroke-width={width / 600} />
        {placed.map(({ host, ...at }) => (
          <g key={host.id}>
            <title>{`${host.name}, ${standingWords(standingOf(host), false)}`}</title>
            <circle
              class={`map-dot map-${standingOf(host)}`}
              cx={at.x}
              cy={at.y}
              r={width * DOT}
              stroke-width={(width * DOT) / 3}
            />
          </g>
        ))}
      </svg>
      <figcaption class="soft small">
        {plural('hosts.map', placed.length, { places: places(placed.map(({ host }) => host)) })}
      </figcaption>
    </figure>
  );
}
