import { doubts, GENERATOR_LIMIT_PERCENT, LATE_MS } from '../harness/doubts.ts';
import type { Measures } from '../harness/rounds.ts';
import { show, table } from '../harness/table.ts';
import type { Load } from './loads.ts';

/** From this share on, the core of the servers is what gave way. */
const FULL_PERCENT = 85;

/** Before the names of what was measured in the step that did not hold (measure.ts). */
const END = 'end.';

const PARTS = [
  ['relays', 'relays'],
  ['postgres', 'PostgreSQL'],
  ['nats', 'NATS'],
] as const;

const COLUMNS: readonly [head: string, value: (measures: Measures) => string][] = [
  ['p50 ms', ({ p50Ms }) => show(p50Ms)],
  ['p95 ms', ({ p95Ms }) => show(p95Ms)],
  ['relays', ({ relaysCpuMsPer1000 }) => show(relaysCpuMsPer1000)],
  ['PostgreSQL', ({ postgresCpuMsPer1000 }) => show(postgresCpuMsPer1000)],
  ['NATS', ({ natsCpuMsPer1000 }) => show(natsCpuMsPer1000)],
  ['generator', ({ generatorCpuMsPer1000 }) => show(generatorCpuMsPer1000)],
  ['written B', ({ writtenBytes }) => show(writtenBytes)],
  ['bus messages', ({ busMessages }) => show(busMessages)],
  ['bus B', ({ busBytes }) => show(busBytes)],
  ['MB a relay', ({ relayMemoryMb }) => show(relayMemoryMb)],
  ['not held /s', (measures) => show(measures['end.offeredPerSecond'])],
  ['p95 ms', (measures) => show(measures['end.p95Ms'])],
  ['saturated first', saturated],
  ['', remarks],
];

/** One row per set-up: the highest step that it held, and what gave way in the next one. Columns that say nothing are left out. */
export function scaleTable({ title, unit }: Load, bySetup: Record<string, Measures>): string {
  const setups = Object.values(bySetup);
  const columns = COLUMNS.map(([head, value]) => ({ head, cells: setups.map((measures) => value(figures(measures))) }));
  const shown = columns.filter(({ cells }) => cells.some((cell) => !['', '-', '0'].includes(cell)));
  const rows = Object.entries(bySetup).map(([name, { perSecond }], index) => [
    name,
    show(perSecond),
    ...shown.map(({ cells }) => cells[index] ?? ''),
  ]);
  const explained = `/s: ${unit} per second. Parts: CPU ms per 1,000 of them; bytes and messages: per one of them.`;
  return `${title}\n${explained}\n\n${table(['', 'held /s', ...shown.map(({ head }) => head)], rows)}`;
}

/** Of the step that held; where none did, of the first one that did not: better than nothing, and said so. */
function figures(measures: Measures): Measures {
  if ((measures.perSecond ?? 0) > 0) return measures;
  const end = Object.entries(measures).filter(([name]) => name.startsWith(END));
  return {
    ...measures,
    ...Object.fromEntries(end.map(([name, value]) => [name.slice(END.length), value])),
    noneHeld: 1,
  };
}

/** What the step was short of that did not hold, in words. */
export function saturated(measures: Measures): string {
  if (measures['end.offeredPerSecond'] === undefined) return 'nothing: highest step';
  if ((measures['end.generatorCpuPercent'] ?? 0) > GENERATOR_LIMIT_PERCENT) return 'generator';
  if ((measures['end.generatorLagP95Ms'] ?? 0) > LATE_MS) return 'generator (late)';
  const shares = PARTS.flatMap(([part, name]) => {
    const share = measures[`end.${part}CpuPercent`] ?? 0;
    return share < 0.5 ? [] : [{ name, share }];
  });
  const all = shares.reduce((sum, { share }) => sum + share, 0);
  const named = shares
    .sort((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${Math.round(share)} %`)
    .join(' + ');
  return all >= FULL_PERCENT ? `servers' core: ${named}` : `no core (${named}): waiting`;
}

/** What to doubt of the step that held, and of the one that did not: a late generator is no limit of the servers. */
function remarks(measures: Measures): string {
  const worst = (measure: string) => Math.max(measures[measure] ?? 0, measures[`end.${measure}`] ?? 0);
  const known = doubts({
    generatorCpuPercent: worst('generatorCpuPercent'),
    generatorLagP95Ms: worst('generatorLagP95Ms'),
    elsewhereCpuPercent: worst('elsewhereCpuPercent'),
    lostPercent: measures.lostPercent ?? 0,
  });
  const own = [
    measures.noneHeld === 1 ? 'no step held: figures of the first' : '',
    (measures.refused ?? 0) > 0 ? 'records were refused' : '',
  ];
  return [...own, known].filter((remark) => remark !== '').join(', ');
}
