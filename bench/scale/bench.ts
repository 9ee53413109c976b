import { fileURLToPath } from 'node:url';
import { machine, type Output, runCells } from '../harness/bench-run.ts';
import { type BenchOptions, beginningWith, selected } from '../harness/options.ts';
import { interleaved } from '../harness/rounds.ts';
import { rounded } from '../harness/table.ts';
import { loads } from './loads.ts';
import { scaleTable } from './report.ts';
import { setups } from './servers.ts';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));

/** Measures the set-ups that the options select and prints tables, then one line of JSON. Gives whether every cell worked. */
export async function benchScale(options: BenchOptions, output: Output): Promise<boolean> {
  const { quick, rounds } = options;
  const peers = selected(setups, options.peers, 'set-up').map(({ name }) => name);
  const chosen = beginningWith(loads, options.only);
  const seconds = quick ? 20 : 50;
  const cells = interleaved(
    chosen.map(({ name }) => ({ name, peers, seconds })),
    rounds,
  );
  const { results, failures } = await runCells({ script: CELL, core: 1 }, cells, options, output);
  const mode = quick ? 'quick: steps of x2 and 1.2 s; a look, not a measurement' : 'steps of x1.5 and 2.5 s';
  output.result(`Medians of ${rounds} interleaved rounds; ${mode}. A step holds while p95 is at most 100 ms.`);
  output.result('The generator has one core, and relays, PostgreSQL and NATS SHARE ONE OTHER: more processes add work');
  output.result('here and no cores. What counts is the CPU of each part, not that the rates grow: they cannot.');
  for (const load of chosen) output.result(`\n${scaleTable(load, results[load.name] ?? {})}`);
  for (const failure of failures) output.result(`\nFAILED ${failure}`);
  output.result('');
  output.result(JSON.stringify({ bench: 'scale', quick, rounds, machine: machine(), results, failures }, rounded));
  return failures.length === 0;
}
