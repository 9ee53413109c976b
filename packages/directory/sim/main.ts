// npm run sim -- network: the routing code in a simulated network, held to the gates of the design.
import { writeFileSync } from 'node:fs';
import { simulateNetwork } from './network.ts';
import { readOptions, type SimOptions, USAGE } from './options.ts';
import { tableOf, verdictLine } from './table.ts';

const [subject = '', ...args] = process.argv.slice(2);

/** Exit codes: 0 every gate holds, 1 one fails, 2 wrong words. */
async function run(options: SimOptions): Promise<number> {
  const { rows, verdicts, speed, figure } = await simulateNetwork(
    options,
    (line) => void process.stderr.write(`${line}\n`),
  );
  const holds = verdicts.every((verdict) => verdict.holds);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  for (const line of tableOf(rows)) print(line);
  print('');
  for (const verdict of verdicts) print(verdictLine(verdict));
  if (options.figure !== undefined) writeFileSync(options.figure, figure);
  print(JSON.stringify({ sim: 'network', holds, speed, verdicts, rows }));
  return holds ? 0 : 1;
}

function wantedOptions(): SimOptions | undefined {
  try {
    if (subject === 'network') return readOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  process.stderr.write(USAGE);
  return undefined;
}

const options = wantedOptions();
process.exitCode = options === undefined ? 2 : await run(options);
