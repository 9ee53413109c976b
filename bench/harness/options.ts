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

/** Those of `all` that are named, in their order; all without names. Throws a sentence for people about a name that is none. */
export function selected<T extends { name: string }>(all: readonly T[], names: readonly string[], kind: string): T[] {
  const unknown = names.filter((wanted) => !all.some(({ name }) => name === wanted));
  if (unknown.length > 0) {
    throw new Error(`no such ${kind}: ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Those of `all` whose name begins with one of `beginnings`; all without beginnings. Throws a sentence when there are none. */
export function beginningWith<T extends { name: string }>(all: readonly T[], beginnings: readonly string[]): T[] {
  const found = all.filter(
    ({ name }) => beginnings.length === 0 || beginnings.some((beginning) => name.startsWith(beginning)),
  );
  if (found.length === 0) throw new Error(`no such scenario; there are ${all.map(({ name }) => name).join(', ')}`);
  return found;
}
