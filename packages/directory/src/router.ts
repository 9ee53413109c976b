import type { AddressBook } from './book.ts';
import type { Candidate } from './candidate.ts';
import { chooseHost } from './choose.ts';
import type { Clock } from './clock.ts';
import type { HostFacts, Wish } from './facts.ts';
import { ROUTING } from './limits.ts';
import { type Waiting, WaitingLine } from './line.ts';
import { chooseByLooking, type LookUp } from './look.ts';
import type { Pool } from './pool.ts';
import { within } from './within.ts';

/** What a host answers to who asks it for a voucher; its "full" is final (rule 3). */
export type VoucherAnswer<V> =
  | { kind: 'granted'; voucher: V }
  | { kind: 'full' }
  | { kind: 'error' }
  /** It does not take what is asked for, and others may: nothing is wrong with it. */
  | { kind: 'unfit' };

/** `W`: what is asked for, beyond what a host is chosen by. */
export interface RouterPorts<V, W extends Wish = Wish> {
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  book: AddressBook;
  /** Asks a host for room for so many people. A host that cannot be reached is an `error`; it rejects only for a bug. */
  ask: (host: HostFacts, wish: W, units: number) => Promise<VoucherAnswer<V>>;
  /** For who has a cached directory and no reports: asks a host how full it is. A portal, which gets reports, leaves it out. */
  lookUp?: LookUp;
}

export interface PlaceOptions {
  /** People expected; the mean of the service class when left out. */
  units?: number;
  /** Of a refusal before. */
  ticket?: string | undefined;
  /** False for what cannot wait, as a room that is handed off: it gets no place in the queue and takes none. */
  waits?: boolean;
}

/** Where a session goes, or an honest refusal (rule 4): `nobody` offers what is wished, or all who do are `full`. */
export type Placement<V> = Placed<V> | Full | { kind: 'refused'; reason: 'nobody'; tries: 0 };

type Placed<V> = { kind: 'placed'; host: HostFacts; voucher: V; tries: number };
type Full = { kind: 'refused'; reason: 'full'; tries: number; waiting?: Waiting };

/** Finds a host for what somebody creates: the same code on a portal and in a browser that routes by itself (rule 7). */
export class Router<V, W extends Wish = Wish> {
  readonly #ports: RouterPorts<V, W>;
  /** By key of the wish: who waits for one country does not hold up another. */
  readonly #lines = new Map<string, WaitingLine>();

  constructor(ports: RouterPorts<V, W>) {
    this.#ports = ports;
  }

  /** Never asks more than four hosts, and never waits longer than 3 s for one. */
  async place(wish: W, options: PlaceOptions = {}): Promise<Placement<V>> {
    const { book } = this.#ports;
    const { units = book.meanUnits(wish.service), ticket, waits = true } = options;
    const pool = book.pool(wish);
    if (pool.size === 0) return { kind: 'refused', reason: 'nobody', tries: 0 };
    if (!waits) return this.#find(pool, wish, units);
    if (this.#mustWait(pool, ticket)) {
      return { kind: 'refused', reason: 'full', tries: 0, waiting: this.#wait(pool, ticket) };
    }
    const outcome = await this.#find(pool, wish, units);
    if (outcome.kind === 'refused') return { ...outcome, waiting: this.#wait(pool, ticket) };
    this.#serve(pool, ticket);
    return outcome;
  }

  /** Asks one host after the other (rule 3). */
  async #find(pool: Pool, wish: W, units: number): Promise<Placed<V> | Full> {
    const { clock, random, book, lookUp } = this.#ports;
    const tried: Candidate[] = [];
    while (tried.length < ROUTING.triesMax) {
      const choice = { nowMs: clock.now(), random, units, tried };
      // A portal chooses and notes what it assigns without a pause between: another choice must see it.
      const candidate =
        lookUp === undefined ? chooseHost(pool, choice) : await chooseByLooking({ clock, book, lookUp }, pool, choice);
      if (candidate === undefined) break;
      tried.push(candidate);
      const answer = await this.#ask(candidate, wish, units);
      if (answer.kind !== 'granted') continue;
      return { kind: 'placed', host: candidate.facts, voucher: answer.voucher, tries: tried.length };
    }
    return { kind: 'refused', reason: 'full', tries: tried.length };
  }

  /** What is asked for counts as assigned from the start, so that choices made meanwhile see it. */
  async #ask(candidate: Candidate, wish: W, units: number): Promise<VoucherAnswer<V>> {
    const { clock, ask, book } = this.#ports;
    const takeBack = candidate.own.add(units, clock.now());
    const late: VoucherAnswer<V> = { kind: 'error' };
    const answer = await within(clock, ROUTING.askMs, ask(candidate.facts, wish, units), late).finally(takeBack);
    if (answer.kind === 'granted') candidate.own.add(units, clock.now());
    else if (answer.kind !== 'unfit') this.#exclude(candidate, answer.kind, units);
    book.refresh(candidate);
    return answer;
  }

  #exclude(candidate: Candidate, kind: 'full' | 'error', units: number): void {
    const { book, clock } = this.#ports;
    if (kind === 'error') {
      candidate.signal(false, clock.now());
      book.exclude(candidate, ROUTING.errorExclusionMs);
    } else if (units <= candidate.meanUnits) {
      // "Full" for a large room says nothing of a small one.
      book.exclude(candidate, ROUTING.fullExclusionMs);
    }
  }

  /** While there is hardly room, who came first is first; with room for all who wait and one more there is no line. */
  #mustWait(pool: Pool, ticket: string | undefined): boolean {
    const nowMs = this.#ports.clock.now();
    const line = this.#lines.get(pool.key);
    if (line === undefined || pool.hasRoom || pool.openHosts > line.size(nowMs)) return false;
    return line.mustWait(ticket, nowMs);
  }

  #wait(pool: Pool, ticket: string | undefined): Waiting {
    const line = this.#lines.get(pool.key) ?? new WaitingLine();
    this.#lines.set(pool.key, line);
    return line.wait(ticket, this.#ports.clock.now(), this.#ports.random);
  }

  #serve(pool: Pool, ticket: string | undefined): void {
    const nowMs = this.#ports.clock.now();
    const line = this.#lines.get(pool.key);
    line?.served(ticket, nowMs);
    if (line?.size(nowMs) === 0) this.#lines.delete(pool.key);
  }
}
