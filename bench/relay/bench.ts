import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../harness/options.ts';
import { type Cell, interleaved, type Measures, runCell, TimeLeft } from '../harness/rounds.ts';
import { canPin } from '../harness/server-process.ts';
import { medians } from '../harness/stats.ts';
import { peers } from '../peers/index.ts';
import { judge, type Results } from './gates.ts';
import { ratios, rounded, scenarioTable, verdictTable } from './report.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));
const OURS = 'archipel';

export interface Output {
  /** For people, while it runs. */
  progress(line: string): void;
  /** For people and programs, at the end. */
  result(line: string): void;
}

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
  const { rows, failures } = await runAll(cells, options, output);
  const results: Results = {};
  for (const { scenario, names } of chosen) {
    const measured = names.filter((name) => rows.has(`${scenario.name} ${name}`));
    results[scenario.name] = Object.fromEntries(
      measured.map((name) => [name, medians(rows.get(`${scenario.name} ${name}`) ?? [])]),
    );
  }
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
  const unknown = names.filter((name) => !peers.some((peer) => peer.name === name));
  if (unknown.length > 0)
    throw new Error(`no such peer: ${unknown.join(', ')}; there are ${peers.map(({ name }) => name).join(', ')}`);
  const wanted = scenarios.filter(({ name, onlyFull }) =>
    only.length > 0 ? only.some((beginning) => name.startsWith(beginning)) : !(quick && onlyFull),
  );
  if (wanted.length === 0)
    throw new Error(`no such scenario; there are ${scenarios.map(({ name }) => name).join(', ')}`);
  return wanted.map((scenario) => ({
    scenario,
    names: peers
      .filter(({ name, stores }) => (names.length === 0 || names.includes(name)) && (stores || !scenario.needsStore))
      .map(({ name }) => name),
  }));
}

async function runAll(cells: readonly Cell[], { quick, rounds }: BenchOptions, output: Output) {
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
      const measures = await runCell(CELL, cell, [quick ? 'quick' : 'full'], limitMs);
      const key = `${scenario} ${peer}`;
      rows.set(key, [...(rows.get(key) ?? []), measures]);
    } catch (error) {
      failures.push(`${place}: ${(error as Error).message}`);
      output.progress(`failed: ${(error as Error).message}`);
    }
    timeLeft.done(cell, (performance.now() - started) / 1000);
  }
  return { rows, failures };
}

function report(
  shown: readonly Scenario[],
  results: Results,
  failures: readonly string[],
  { quick, rounds }: BenchOptions,
  output: Output,
): void {
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version, pinned: canPin };
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
    machine,
    results,
    ratios: ratios(shown, results),
    gates,
    failures,
    pass,
  };
  output.result(JSON.stringify(line, rounded));
}
