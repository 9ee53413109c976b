import type { Verdict } from './cases.ts';
import type { Outcome } from './measures.ts';

export interface Row {
  hosts: number;
  situation: string;
  rule: string;
  outcomes: readonly Outcome[];
}

const percent = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 2 : 0)} %`;
const times = (value: number): string => value.toFixed(2);

/** Each column is the worst of the seeds. */
const COLUMNS: { title: string; key: keyof Outcome; show: (value: number) => string }[] = [
  { title: 'overloaded', key: 'overloaded', show: percent },
  { title: 'at worst', key: 'overloadedWorst', show: percent },
  { title: 'fullest', key: 'fullest', show: times },
  { title: 'p99.9', key: 'utilisationP999', show: times },
  { title: 'imbalance', key: 'imbalanceP99', show: times },
  { title: 'refused', key: 'refused', show: percent },
  { title: 'gave up', key: 'gaveUp', show: percent },
  { title: 'tries', key: 'tries', show: times },
  { title: 'handoffs', key: 'handoffs', show: percent },
];

const worst = (outcomes: readonly Outcome[], key: keyof Outcome): number =>
  Math.max(...outcomes.map((outcome) => outcome[key]));

/** The rows as lines with aligned columns. */
export function tableOf(rows: readonly Row[]): string[] {
  const head = ['hosts', 'crowd', 'rule', ...COLUMNS.map(({ title }) => title)];
  const body = rows.map(({ hosts, situation, rule, outcomes }) => [
    String(hosts),
    situation,
    rule,
    ...COLUMNS.map(({ key, show }) => show(worst(outcomes, key))),
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isText = (column: number): boolean => column === 1 || column === 2;
  return lines.map((line) =>
    line
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

export function verdictLine({ gate, limit, worst: value, holds }: Verdict): string {
  return `${holds ? 'holds' : 'FAILS'}  ${gate} ${value.toPrecision(3)}, at most ${limit}`;
}
