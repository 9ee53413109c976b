import { cpus } from 'node:os';
import type { BenchOptions } from './options.ts';
import { type Cell, type Measures, type Results, runCell, TimeLeft } from './rounds.ts';
import { canPin } from './server-process.ts';
import { medians } from './stats.ts';

export interface Output {
  /** For people, while it runs. */
  progress(line: string): void;
  /** For people and programs, at the end. */
  result(line: string): void;
}

export interface CellRun {
  /** The script that measures one cell. */
  script: string;
  /** The core that it is bound to, if any. */
  core?: number;
}

/** Measures cell by cell, says how far it is, and goes on after a cell that failed. */
export async function runCells(
  { script, core }: CellRun,
  cells: readonly Cell[],
  { quick, rounds }: BenchOptions,
  output: Output,
): Promise<{ results: Results; failures: string[] }> {
  const rows = new Map<string, Measures[]>();
  const failures: string[] = [];
  const timeLeft = new TimeLeft();
  for (const [index, cell] of cells.entries()) {
    const { scenario, peer, round } = cell;
    const place = `[${index + 1}/${cells.length}] ${scenario}, ${peer}, round ${round + 1} of ${rounds}`;
    output.progress(`${place}, about ${timeLeft.of(cells.slice(index))} left`);
    const started = performance.now();
    const limitMs = 120_000 + 10_000 * cell.seconds;
    try {
      const measures = await runCell(script, cell, [quick ? 'quick' : 'full'], limitMs, core);
      const key = `${scenario} ${peer}`;
      rows.set(key, [...(rows.get(key) ?? []), measures]);
    } catch (error) {
      failures.push(`${place}: ${(error as Error).message}`);
      output.progress(`failed: ${(error as Error).message}`);
    }
    timeLeft.done(cell, (performance.now() - started) / 1000);
  }
  return { results: resultsOf(cells, rows), failures };
}

/** In the order of the first round, which is that of the tables. */
function resultsOf(cells: readonly Cell[], rows: ReadonlyMap<string, Measures[]>): Results {
  const results: Results = {};
  for (const { scenario, peer } of cells.filter(({ round }) => round === 0)) {
    const byPeer = results[scenario] ?? {};
    results[scenario] = byPeer;
    const measured = rows.get(`${scenario} ${peer}`);
    if (measured !== undefined) byPeer[peer] = medians(measured);
  }
  return results;
}

/** What ran the bench, for the line of JSON. */
export function machine(): { cpu: string; cores: number; node: string; pinned: boolean } {
  return { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version, pinned: canPin };
}
