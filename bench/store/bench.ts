import { fileURLToPath } from 'node:url';
import { machine, type Output, runCells } from '../harness/bench-run.ts';
import { type BenchOptions, beginningWith, selected } from '../harness/options.ts';
import { interleaved } from '../harness/rounds.ts';
import { rounded } from '../harness/table.ts';
import { engineKinds } from './engines.ts';
import { storeTables } from './report.ts';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));
const SCENARIO = 'store';

/** Measures the stores that the options select and prints tables, then one line of JSON. Gives whether every cell worked. */
export async function benchStore(options: BenchOptions, output: Output): Promise<boolean> {
  const { quick, rounds } = options;
  const kinds = selected(engineKinds, options.peers, 'store');
  const [scenario] = beginningWith([{ name: SCENARIO }], options.only);
  const names = kinds.map(({ name }) => name);
  const cells = interleaved([{ name: scenario?.name ?? SCENARIO, peers: names, seconds: quick ? 13 : 45 }], rounds);
  const { results, failures } = await runCells({ script: CELL }, cells, options, output);
  const mode = quick ? 'quick: windows of 0.8 s, fewer records; a look, not a measurement' : 'windows of 4 s';
  output.result(`Medians of ${rounds} interleaved rounds; ${mode}.`);
  output.result('Writers append to random documents and wait each for its own record; nobody is bound to a core.\n');
  output.result(storeTables(kinds, results[SCENARIO] ?? {}));
  for (const failure of failures) output.result(`\nFAILED ${failure}`);
  output.result('');
  output.result(JSON.stringify({ bench: 'store', quick, rounds, machine: machine(), results, failures }, rounded));
  return failures.length === 0;
}
