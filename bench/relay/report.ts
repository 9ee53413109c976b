import { doubts } from '../harness/doubts.ts';
import type { Results } from '../harness/rounds.ts';
import { show, table } from '../harness/table.ts';
import type { Verdict } from './gates.ts';
import type { Scenario } from './scenario.ts';

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
