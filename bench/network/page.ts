/** What runs in the browser: the directory is read, and hosts are chosen, as when a portal is away. */
import { AddressBook, hostsOfDirectory, type LoadReport, Router, type Wish } from '@archipel/directory';
import { checkDirectory } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';

export interface Ready {
  hosts: number;
  readMs: number;
  firstMs: number;
}

export interface Choices {
  medianMs: number;
  p99Ms: number;
  maxMs: number;
}

/** What `prepare` leaves behind. */
export interface BenchPage {
  prepare(address: string, service: string, countries: readonly string[]): Promise<Ready>;
  choose(choices: number): Promise<Choices>;
}

const clock = {
  now: Date.now,
  setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
  clearTimeout: (timer: unknown) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

let choose: (wish: Wish) => Promise<number>;
let wishes: Wish[] = [];

/** Rejects when the directory is none, or no host is found. */
async function prepare(address: string, service: string, countries: readonly string[]): Promise<Ready> {
  if (!crossOriginIsolated) throw new Error('the clock of this page is too coarse');
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const started = performance.now();
  const checked = await checkDirectory(bytes, { nowSeconds: Math.floor(Date.now() / 1000) }, webSuite.verify);
  if (!checked.ok) throw new Error(checked.error);
  const book = new AddressBook({ clock });
  const reports = new Map<string, LoadReport>();
  for (const { facts, report } of hostsOfDirectory(checked.value.fact)) {
    book.putHost(facts);
    book.putLoad(report);
    reports.set(facts.id, report);
  }
  const readMs = performance.now() - started;
  choose = chooserOf(book, reports);
  wishes = [{ service }, ...countries.map((country) => ({ service, country }))];
  const first: number[] = [];
  for (const wish of wishes) first.push(await choose(wish));
  return { hosts: reports.size, readMs, firstMs: quantile(first, 0.5) };
}

/** Milliseconds from the wish until a host is asked for room. All hosts answer at once. */
function chooserOf(book: AddressBook, reports: ReadonlyMap<string, LoadReport>): typeof choose {
  let chosenAt = Number.NaN;
  const router = new Router<true>({
    clock,
    random: Math.random,
    book,
    lookUp: async ({ id }) => {
      const report = reports.get(id);
      return report && { ...report, atMs: Date.now() };
    },
    ask: async () => {
      chosenAt = performance.now();
      return { kind: 'granted', voucher: true };
    },
  });
  return async (wish) => {
    const from = performance.now();
    const { kind } = await router.place(wish);
    if (kind !== 'placed') throw new Error('no host found');
    return chosenAt - from;
  };
}

const page: BenchPage = {
  prepare,
  choose: async (choices) => {
    const taken: number[] = [];
    for (let count = 0; count < choices; count++) taken.push(await choose(wishes[count % wishes.length] as Wish));
    return { medianMs: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99), maxMs: Math.max(...taken) };
  },
};
Object.assign(globalThis, { benchPage: page });
