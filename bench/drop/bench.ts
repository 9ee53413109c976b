import { fileURLToPath } from 'node:url';
import { machine, type Output, runCells } from '../harness/bench-run.ts';
import { type BenchOptions, selected } from '../harness/options.ts';
import { interleaved, type Results } from '../harness/rounds.ts';
import { rounded, show, table } from '../harness/table.ts';
import { WAYS } from './ways.ts';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));
const SCENARIO = 'drop';
/** Of what a plain upload of the same file to the same disk comes to. */
const LEAST_SHARE = 0.8;

/** Measures the ways that the options select, prints a table and the gate, then one line of JSON. Gives whether every cell worked. */
export async function benchDrop(options: BenchOptions, output: Output): Promise<boolean> {
  const { quick, rounds } = options;
  const ways = selected(WAYS, options.peers, 'way');
  const cells = interleaved([{ name: SCENARIO, peers: ways.map(({ name }) => name), seconds: quick ? 5 : 15 }], rounds);
  const { results, failures } = await runCells({ script: CELL, core: 1 }, cells, options, output);
  const rows = results[SCENARIO] ?? {};
  output.result(
    `Medians of ${rounds} interleaved rounds; one file of ${quick ? '128 MB: a look, not a measurement' : '512 MB'}.\n`,
  );
  output.result(dropTable(rows));
  const verdict = judge(rows);
  if (verdict !== undefined) {
    output.result(
      `\nGate: on the disk at >= ${LEAST_SHARE}x tus: ${show(verdict.value)}x, ${verdict.pass ? 'pass' : 'FAIL'}`,
    );
  }
  for (const failure of failures) output.result(`\nFAILED ${failure}`);
  output.result('');
  const gates = verdict === undefined ? [] : [verdict];
  output.result(
    JSON.stringify({ bench: 'drop', quick, rounds, machine: machine(), results, gates, failures }, rounded),
  );
  return failures.length === 0;
}

function dropTable(rows: Results[string]): string {
  const tus = rows.tus?.durableMbPerSecond;
  const lines = WAYS.flatMap(({ name, title }) => {
    const row = rows[name];
    if (row === undefined) return [];
    const ratio = tus === undefined ? undefined : (row.durableMbPerSecond ?? Number.NaN) / tus;
    const cells = [
      row.durableMbPerSecond,
      ratio,
      row.answeredMbPerSecond,
      row.serverCpuMsPerMb,
      row.senderCpuMsPerMb,
      row.peakRssMb,
    ];
    return [[title, ...cells.map(show)]];
  });
  return table(
    ['', 'on disk MB/s', 'x tus', 'answered MB/s', 'server CPU ms/MB', 'sender CPU ms/MB', 'sender peak MB'],
    lines,
  );
}

/** Undefined: one of the two was not measured. */
export function judge(
  rows: Results[string],
): { gate: string; value: number; limit: number; pass: boolean } | undefined {
  const [own, other] = [rows.archipel?.durableMbPerSecond, rows.tus?.durableMbPerSecond];
  if (own === undefined || other === undefined) return undefined;
  const value = own / other;
  const gate = `durableMbPerSecond >= ${LEAST_SHARE}x tus`;
  return { gate, value, limit: LEAST_SHARE, pass: value >= LEAST_SHARE };
}
