import { CASES, type Case, COMPARED, GATED_HOSTS, judge, type Verdict } from './cases.ts';
import { type Series, utilisationFigure } from './figure.ts';
import type { Measures, Outcome } from './measures.ts';
import { OLDER_RULES } from './older.ts';
import type { SimOptions } from './options.ts';
import { ours } from './ours.ts';
import type { MakeRule } from './rule.ts';
import { judgeSpeed, measureSpeed, type Speed } from './speed.ts';
import type { Row } from './table.ts';
import { World } from './world.ts';

const HOLD_MS = 480_000;
const SHORT_HOLD_MS = 240_000;
/** With so many hosts one seed and a short peak say as much as several long ones with fewer. */
const MANY_HOSTS = 1000;

export interface NetworkResult {
  rows: Row[];
  verdicts: Verdict[];
  speed: Speed;
  figure: string;
}

type Runs = { row: Row; first: Measures };

/** All situations and rules; `progress` gets a line before each. */
export async function simulateNetwork(options: SimOptions, progress: (line: string) => void): Promise<NetworkResult> {
  const rows: Row[] = [];
  const verdicts: Verdict[] = [];
  let series: Series[] = [];
  for (const hosts of options.hosts) {
    const older = await runOlder(hosts, options, progress);
    rows.push(...older.map(({ row }) => row));
    for (const situation of CASES.filter(({ hostsMax = hosts }) => hosts <= hostsMax)) {
      const { row, first } = await runCase(situation, ours, hosts, options, progress);
      rows.push(row);
      if (hosts >= GATED_HOSTS)
        verdicts.push(...judge(`${hosts} hosts, ${situation.name}`, situation.gates, row.outcomes));
      // The figure shows a hundred hosts where there are some: of a thousand one sees no dots.
      if (situation !== COMPARED || (series.length > 0 && hosts !== GATED_HOSTS)) continue;
      const random = seriesOf('random choice, as in 2020', '#b3261e', older[0]?.first);
      series = [random, seriesOf('this network', '#0b57a4', first)];
    }
  }
  progress('speed at 10,000 hosts');
  const speed = measureSpeed();
  verdicts.push(judgeSpeed(speed));
  return { rows, verdicts, speed, figure: figureOf(series) };
}

async function runOlder(hosts: number, options: SimOptions, progress: (line: string) => void): Promise<Runs[]> {
  const runs: Runs[] = [];
  for (const rule of OLDER_RULES) runs.push(await runCase(COMPARED, rule, hosts, options, progress));
  return runs;
}

async function runCase(
  { name, situation }: Case,
  rule: MakeRule,
  hosts: number,
  { seeds, quick }: SimOptions,
  progress: (line: string) => void,
): Promise<Runs> {
  const outcomes: Outcome[] = [];
  let first: Measures | undefined;
  const count = hosts >= MANY_HOSTS ? 1 : seeds;
  let ruleName = '';
  for (let seed = 1; seed <= count; seed++) {
    const world = new World(
      { ...situation, hosts, holdMs: quick || hosts >= MANY_HOSTS ? SHORT_HOLD_MS : HOLD_MS },
      rule,
      seed,
    );
    ruleName = world.ruleName;
    progress(`${hosts} hosts, ${name}, ${ruleName}, seed ${seed}`);
    const measures = await world.run();
    first ??= measures;
    outcomes.push(measures.outcome());
  }
  if (first === undefined) throw new Error('no seed');
  return { row: { hosts, situation: name, rule: ruleName, outcomes }, first };
}

function seriesOf(name: string, colour: string, measures: Measures | undefined): Series {
  return { name, colour, peaks: measures?.peaks ?? [] };
}

function figureOf(series: readonly Series[]): string {
  const said = series.map(({ name, peaks }) => {
    const over = peaks.filter((peak) => peak > 1).length;
    const fullest = Math.max(...peaks).toFixed(1);
    return `With ${name}, ${over} of ${peaks.length} hosts carry more than they can; the fullest carries ${fullest} times its capacity.`;
  });
  return utilisationFigure('How full each host gets when twenty-five times as many come', said.join(' '), series);
}
