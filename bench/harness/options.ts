import { parseArgs } from 'node:util';

export interface BenchOptions {
  quick: boolean;
  rounds: number;
  /** Names of scenarios, or beginnings of names; empty means all. */
  only: string[];
  /** Names of peers; empty means all. */
  peers: string[];
}

/** Reads `[--quick] [--rounds n] [--only a,b] [--peers a,b]`. Throws a sentence for people when something is wrong. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1');
  const names = (list: string) => list.split(',').filter((name) => name !== '');
  return { quick: values.quick, rounds, only: names(values.only), peers: names(values.peers) };
}
