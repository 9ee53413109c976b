import { readOptions } from './harness/options.ts';
import { benchRelay } from './relay/bench.ts';

const USAGE = `npm run bench -- relay [--quick] [--rounds 3] [--only scenario,...] [--peers name,...]
See bench/README.md.
`;

const [subject, ...args] = process.argv.slice(2);

/** Exit codes: 0 measured, 1 something failed to run, 2 wrong words. */
async function main(): Promise<number> {
  if (subject !== 'relay') {
    process.stderr.write(USAGE);
    return 2;
  }
  const worked = await benchRelay(readOptions(args), {
    progress: (line) => void process.stderr.write(`${line}\n`),
    result: (line) => void process.stdout.write(`${line}\n`),
  });
  return worked ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
