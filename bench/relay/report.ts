import { show, table } from '../harness/table.ts';
import type { Results, Verdict } from './gates.ts';
import type { Scenario } from './scenario.ts';

/** Beyond this share of a core, the load generator may be what was measured. */
const GENERATOR_LIMIT_PERCENT = 90;

/** Beyond this share of a core, what else ran on the machine may have delayed server or generator. */
const ELSEWHERE_LIMIT_PERCENT = 25;

/** Keys struck later than this are not the schedule that the other peers met. */
const LATE_MS = 50;

/** A scenario's table: one row per peer, a ratio behind each value that has one, and what to doubt. */
export function scenarioTable(scenario: Scenario, byPeer: Results[string]): string {
  const columns = scenario.columns.filter(({ measure }) => Object.values(byPeer).some((row) => measure in row));
  const rows = Object.entries(byPeer).map(([peer, measures]) => [
    peer,
    ...columns.map(({ measure, ratioTo }) => {
      const value = measures[measure];
      const other = ratioTo === undefined ? undefined : byPeer[ratioTo]?.[measure];
      if (value === undefined || other === undefined || ratioTo === peer) return show(value);
      return `${show(value)} (${show(value / other)}x)`;
    }),
    doubts(measures),
  ]);
  return `${scenario.title}\n\n${table(['', ...columns.map(({ head }) => head), ''], rows)}`;
}

function doubts(measures: Record<string, number>): string {
  const {
    generatorCpuPercent = 0,
    generatorLagP95Ms = 0,
    serverCpuPercent = 0,
    elsewhereCpuPercent = 0,
    deliveredPercent = 100,
    lostPercent = 0,
  } = measures;
  return [
    generatorCpuPercent > GENERATOR_LIMIT_PERCENT ? 'GENERATOR SATURATED' : '',
    serverCpuPercent > GENERATOR_LIMIT_PERCENT || deliveredPercent < 97 ? 'cannot keep up' : '',
    generatorLagP95Ms > LATE_MS ? 'generator was late' : '',
    elsewhereCpuPercent > ELSEWHERE_LIMIT_PERCENT ? 'machine was busy' : '',
    lostPercent > 0.01 ? `${show(lostPercent)} % never arrived` : '',
  ]
    .filter((doubt) => doubt !== '')
    .join(', ');
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ gate, value, pass }) => [gate, show(value), pass ? 'pass' : 'FAIL']);
  return `Gates of our relay\n\n${table(['gate', 'value', ''], rows)}`;
}

/** Each measure of each peer over that of the peer that its column is compared with. */
export function ratios(scenarios: readonly Scenario[], results: Results): Results {
  const entries = scenarios.map(({ name, columns }) => {
    const byPeer = results[name] ?? {};
    const rows = Object.entries(byPeer).map(([peer, measures]) => {
      const compared = columns.flatMap(({ measure, ratioTo }) => {
        const value = measures[measure];
        const other = ratioTo === undefined ? undefined : byPeer[ratioTo]?.[measure];
        return value === undefined || other === undefined ? [] : [[`${measure}/${ratioTo}`, value / other] as const];
      });
      return [peer, Object.fromEntries(compared)] as const;
    });
    return [name, Object.fromEntries(rows)] as const;
  });
  return Object.fromEntries(entries);
}

/** For JSON: 4 significant digits, null for what is not a number. */
export function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
