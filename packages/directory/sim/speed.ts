import { seededRandom } from '@archipel/testkit';
import { chooseHost } from '../src/choose.ts';
import { AddressBook, type HostFacts, type LoadReport, type Wish } from '../src/index.ts';
import type { Verdict } from './cases.ts';

const HOSTS = 10_000;
const CHOICES = 20_000;
const REPORTS_PER_CHOICE = 2;
const CHOICE_LIMIT_MS = 1;
const SERVICE = 'log';
const COUNTRIES = ['FR', 'BE', 'CH', 'DE', 'IT', 'ES', 'PT', 'NL'];

export interface Speed {
  hosts: number;
  /** Milliseconds of one choice: wish, filter, draw and comparison. */
  medianMs: number;
  p99Ms: number;
  /** The first choice of a wish nobody had before, for which the list is made; median. */
  firstMs: number;
  /** One load report noted on every list. */
  reportMs: number;
}

/** Times single choices at 10,000 hosts, with reports and assignments in between, for wishes with and without a country. */
export function measureSpeed(): Speed {
  let nowMs = 0;
  const random = seededRandom(1);
  const book = new AddressBook({ clock: { now: () => nowMs } });
  for (let index = 0; index < HOSTS; index++) {
    book.putHost(factsOf(index));
    book.putLoad(reportOf(index, random.next(), nowMs));
  }
  const wishes: Wish[] = [{ service: SERVICE }, ...COUNTRIES.map((country) => ({ service: SERVICE, country }))];
  const firstMs = wishes.map((wish) => timed(() => choose(book, wish, nowMs, random.next)));
  const choiceMs: number[] = [];
  const reportMs: number[] = [];
  for (let count = 0; count < CHOICES; count++) {
    nowMs += 5;
    for (let reports = 0; reports < REPORTS_PER_CHOICE; reports++) {
      const report = reportOf(random.below(HOSTS), random.next(), nowMs);
      reportMs.push(timed(() => book.putLoad(report)));
    }
    const wish = random.pick(wishes);
    choiceMs.push(timed(() => choose(book, wish, nowMs, random.next)));
  }
  return {
    hosts: HOSTS,
    medianMs: quantile(choiceMs, 0.5),
    p99Ms: quantile(choiceMs, 0.99),
    firstMs: quantile(firstMs, 0.5),
    reportMs: quantile(reportMs, 0.5),
  };
}

export function judgeSpeed({ p99Ms }: Speed): Verdict {
  const gate = `one choice among ${HOSTS} hosts, p99 in ms`;
  return { gate, limit: CHOICE_LIMIT_MS, worst: p99Ms, holds: p99Ms <= CHOICE_LIMIT_MS };
}

function choose(book: AddressBook, wish: Wish, nowMs: number, random: () => number): void {
  const units = book.meanUnits(SERVICE);
  const host = chooseHost(book.pool(wish), { nowMs, random, units, tried: [] });
  if (host === undefined) throw new Error('no host found among ten thousand');
  host.own.add(units, nowMs);
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

function factsOf(index: number): HostFacts {
  return {
    id: `h${index}`,
    url: `https://h${index}.example`,
    country: COUNTRIES[index % COUNTRIES.length] as string,
    languages: ['fr', 'en'],
    policies: [],
    version: '1.0.0',
    services: [SERVICE],
    knownSinceMs: 0,
    vouched: true,
    confirmedUnits: { [SERVICE]: 1000 },
  };
}

/** A capacity between 20 and 2,000, the same for each report of a host. */
function reportOf(index: number, taken: number, atMs: number): LoadReport {
  const capacityUnits = Math.round(20 * 100 ** ((index % 997) / 997));
  const units = Math.round(capacityUnits * taken * 0.7);
  const load = { capacityUnits, presentUnits: units, committedUnits: units, accepting: true, draining: false };
  return { host: `h${index}`, atMs, classes: { [SERVICE]: load } };
}
