import type { Measures } from '../harness/rounds.ts';
import { show, table } from '../harness/table.ts';
import type { EngineKind } from './engine.ts';
import { steps } from './steps.ts';

type ByEngine = Record<string, Measures>;

interface StepTable {
  title: string;
  cell(of: (measure: string) => number | undefined): string;
}

const STEP_TABLES: readonly StepTable[] = [
  { title: 'Appends per second', cell: (of) => show(of('perSecond')) },
  {
    title: 'Latency of an append, ms: p50 / p95',
    cell: (of) => `${show(of('p50Ms'))} / ${show(of('p95Ms'))}`,
  },
  { title: 'Records per commit', cell: (of) => show(of('recordsPerCommit')) },
  {
    title: 'CPU ms per 1,000 appends: process that appends + processes of the database',
    cell: (of) => sum(of('clientCpuMsPer1000'), of('serverCpuMsPer1000')),
  },
  {
    title: "Bytes written to the device per append (of them PostgreSQL's log, as long as it grew)",
    cell: (of) => {
      const wal = of('walBytes') ?? 0;
      return wal > 0 ? `${show(of('writtenBytes'))} (${show(wal)})` : show(of('writtenBytes'));
    },
  },
];

const COLUMNS: readonly [head: string, measure: string][] = [
  ['B/document', 'bytesPerDocument'],
  ['B/record of 325', 'bytesPerRecord'],
  ['beside body, end', 'bytesBesideBody'],
  ['written B/append, merged', 'writtenBytesMerged'],
  ['syncs/commit', 'syncsPerCommit'],
  ['load p50 ms', 'loadP50Ms'],
  ['p95', 'loadP95Ms'],
  ['page p50 ms', 'pageP50Ms'],
  ['p95', 'pageP95Ms'],
  ['heads of 1,000 ms', 'headsP50Ms'],
];

/** One table per measure of the steps, one for the rest: a row per engine in each. */
export function storeTables(kinds: readonly EngineKind[], byEngine: ByEngine): string {
  const rows = kinds.flatMap(({ name, title }) => {
    const measures = byEngine[name];
    return measures === undefined ? [] : [{ name, title, measures }];
  });
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const names = rows.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join('\n');
  const stepTables = STEP_TABLES.map(({ title, cell }) => {
    const lines = rows.map(({ name, measures }) => [
      name,
      ...steps.map((step) => cell((measure) => measures[`${step.name}.${measure}`])),
    ]);
    return `${title}\n\n${table(['', ...steps.map(({ name }) => name)], lines)}`;
  });
  const rest = table(
    ['', ...COLUMNS.map(([head]) => head)],
    rows.map(({ name, measures }) => [name, ...COLUMNS.map(([, measure]) => show(measures[measure]))]),
  );
  return [names, ...stepTables, `On the disk, and reading after a restart\n\n${rest}`].join('\n\n');
}

/** `3.1 + 12`, or the first alone where the second is nothing; `3.1 + ?` where it is not known. */
function sum(own: number | undefined, server: number | undefined): string {
  if (server === 0) return show(own);
  return `${show(own)} + ${server === undefined ? '?' : show(server)}`;
}
