import type { Output } from './harness/bench-run.ts';
import { type BenchOptions, readOptions } from './harness/options.ts';

const USAGE = `npm run bench -- relay|store|scale|network|drop|pad [--quick] [--rounds 3] [--only scenario,...] [--peers name,...]
See bench/README.md.
`;

type Bench = (options: BenchOptions, output: Output) => Promise<boolean>;

/** Only what is asked for is loaded. */
const BENCHES: Record<string, () => Promise<Bench>> = {
  relay: async () => (await import('./relay/bench.ts')).benchRelay,
  store: async () => (await import('./store/bench.ts')).benchStore,
  network: async () => (await import('./network/bench.ts')).benchNetwork,
  drop: async () => (await import('./drop/bench.ts')).benchDrop,
  pad: async () => (await import('./pad/bench.ts')).benchPad,
  scale: async () => (await import('./scale/bench.ts')).benchScale,
};

const [subject = '', ...args] = process.argv.slice(2);

/** Exit codes: 0 measured, 1 something failed to run, 2 wrong words. */
async function main(): Promise<number> {
  const load = BENCHES[subject];
  if (load === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const options = readOptions(args);
  const bench = await load();
  const worked = await bench(options, {
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
