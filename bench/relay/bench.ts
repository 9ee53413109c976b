import { fileURLToPath } from 'node:url';
import { machine, type Output, runCells } from '../harness/bench-run.ts';
import { type BenchOptions, beginningWith, selected } from '../harness/options.ts';
import { interleaved, type Results } from '../harness/rounds.ts';
import { rounded } from '../harness/table.ts';
import { peers } from '../peers/index.ts';
import { judge } from './gates.ts';
import { ratios, scenarioTable, verdictTable } from './report.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));
const OURS = 'archipel';

/** Measures all that the options select and prints tables, then one line of JSON. Gives whether every cell worked. */
export async function benchRelay(options: BenchOptions, output: Output): Promise<boolean> {
  const chosen = choose(options);
  const cells = interleaved(
    chosen.map(({ scenario, names }) => ({
      name: scenario.name,
      peers: names,
      seconds: scenario.seconds(options.quick),
    })),
    options.rounds,
  );
  const { results, failures } = await runCells({ script: CELL, core: 1 }, cells, options, output);
  report(
    chosen.map(({ scenario }) => scenario),
    results,
    failures,
    options,
    output,
  );
  return failures.length === 0;
}

function choose({ only, peers: names, quick }: BenchOptions): { scenario: Scenario; names: string[] }[] {
  const chosen = selected(peers, names, 'peer');
  const offered = scenarios.filter(({ onlyFull }) => only.length > 0 || !(quick && onlyFull));
  const wanted = beginningWith(offered, only);
  return wanted.map((scenario) => ({
    scenario,
    names: chosen.filter(({ stores }) => stores || !scenario.needsStore).map(({ name }) => name),
  }));
}

function report(
  shown: readonly Scenario[],
  results: Results,
  failures: readonly string[],
  { quick, rounds }: BenchOptions,
  output: Output,
): void {
  const mode = quick ? 'quick: windows of 3 s, fewer documents; a look, not a measurement' : 'windows of 10 s';
  output.result(`Medians of ${rounds} interleaved rounds; ${mode}. In brackets: ratio to bare-ws or hocuspocus.`);
  output.result('CPU: user and system of the server, ms per 1,000 keys delivered (one key at one other person).');
  output.result(
    'Latency: from sending to arrival, of every key at every reader; the generator shares its core with nobody.',
  );
  for (const scenario of shown) output.result(`\n${scenarioTable(scenario, results[scenario.name] ?? {})}`);
  const gates = judge(results, OURS);
  if (gates.length > 0) output.result(`\n${verdictTable(gates)}`);
  for (const failure of failures) output.result(`\nFAILED ${failure}`);
  output.result('');
  const pass = failures.length === 0 && gates.length > 0 ? gates.every((gate) => gate.pass) : null;
  const line = {
    bench: 'relay',
    quick,
    rounds,
    machine: machine(),
    results,
    ratios: ratios(shown, results),
    gates,
    failures,
    pass,
  };
  output.result(JSON.stringify(line, rounded));
}
