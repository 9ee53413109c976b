import { parseArgs } from 'node:util';

export interface SimOptions {
  hosts: number[];
  /** Runs per situation. */
  seeds: number;
  quick: boolean;
  figure: string | undefined;
}

export const USAGE = `npm run sim -- network [--hosts 10,100,1000] [--seeds 3] [--quick] [--figure FILE.svg]
`;

const HOSTS_MAX = 10_000;

/** Throws a sentence for people when something is wrong. */
export function readOptions(args: readonly string[]): SimOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      hosts: { type: 'string' },
      seeds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      figure: { type: 'string' },
    },
  });
  const { quick, figure } = values;
  const hosts = (values.hosts ?? (quick ? '100' : '10,100,1000')).split(',').map(Number);
  const seeds = Number(values.seeds ?? (quick ? 1 : 3));
  const isCount = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;
  if (!hosts.every((count) => isCount(count, HOSTS_MAX))) throw new Error(`--hosts takes numbers up to ${HOSTS_MAX}`);
  if (!isCount(seeds, 1000)) throw new Error('--seeds takes a number from 1 to 1000');
  return { hosts, seeds, quick, figure };
}
