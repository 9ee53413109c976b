import { Candidate } from './candidate.ts';
import type { Clock } from './clock.ts';
import { type HostFacts, isSound, type LoadReport, type Wish } from './facts.ts';
import { ROUTING } from './limits.ts';
import { Pool } from './pool.ts';
import { keyOf, offers } from './wish.ts';

export interface BookPorts {
  clock: Pick<Clock, 'now'>;
  /** People of a mean session per service class; `ROUTING.meanSessionUnits` where it is left out. */
  meanUnits?: Readonly<Record<string, number>>;
}

/** The address book: hosts, what is known of each, and per wish the list to choose from, made once and kept current. */
export class AddressBook {
  readonly #ports: BookPorts;
  /** By host, then by service class. */
  readonly #hosts = new Map<string, Map<string, Candidate>>();
  /** By key of the wish; the one used last is last. */
  readonly #pools = new Map<string, Pool>();
  /** Hosts not to be asked, and until when; they come back to the lists when it is over. */
  readonly #excluded = new Map<Candidate, number>();
  #nextReturnMs = Number.POSITIVE_INFINITY;

  constructor(ports: BookPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#hosts.size;
  }

  /** A host that is new, or whose manifest says something else; what was learnt of it stays. */
  putHost(facts: HostFacts): void {
    const before = this.#hosts.get(facts.id) ?? new Map<string, Candidate>();
    const now = new Map<string, Candidate>();
    for (const service of facts.services) {
      const candidate = before.get(service) ?? new Candidate(facts, service, this.meanUnits(service));
      candidate.facts = facts;
      now.set(service, candidate);
    }
    this.#hosts.set(facts.id, now);
    this.#pools.clear();
  }

  removeHost(id: string): void {
    if (this.#hosts.delete(id)) this.#pools.clear();
  }

  /** False when it told nothing: an unknown host, an old report, one out of the future, or numbers that are none. */
  putLoad({ host, atMs, classes }: LoadReport): boolean {
    const services = this.#hosts.get(host);
    const nowMs = this.#ports.clock.now();
    if (services === undefined || !(atMs <= nowMs + ROUTING.clockSkewMaxMs)) return false;
    let isNews = false;
    for (const [service, load] of Object.entries(classes)) {
      const candidate = services.get(service);
      if (candidate === undefined || !isSound(load)) continue;
      // A clock that is a little ahead must not make what we send now look as if the report contained it.
      if (!candidate.report(load, Math.min(atMs, nowMs))) continue;
      isNews = true;
      this.refresh(candidate);
    }
    return isNews;
  }

  /** A client says how a host has served it (rule 5). Takes no notice of hosts that are gone. */
  putSignal(host: string, service: string, healthy: boolean): void {
    const candidate = this.candidate(host, service);
    if (candidate === undefined) return;
    const before = candidate.earned.confirmedUnits;
    candidate.signal(healthy, this.#ports.clock.now());
    if (candidate.earned.confirmedUnits !== before) this.refresh(candidate);
  }

  candidate(host: string, service: string): Candidate | undefined {
    return this.#hosts.get(host)?.get(service);
  }

  /** People expected of a session of this service class. */
  meanUnits(service: string): number {
    return this.#ports.meanUnits?.[service] ?? ROUTING.meanSessionUnits;
  }

  /** Not to be asked for so long (rule 3). */
  exclude(candidate: Candidate, forMs: number): void {
    const untilMs = this.#ports.clock.now() + forMs;
    candidate.exclude(untilMs);
    this.#excluded.set(candidate, Math.max(untilMs, this.#excluded.get(candidate) ?? 0));
    this.#nextReturnMs = Math.min(this.#nextReturnMs, untilMs);
    this.refresh(candidate);
  }

  /** The hosts that a wish leaves, ready to draw from. */
  pool(wish: Wish): Pool {
    this.#takeBack();
    const key = keyOf(wish);
    const known = this.#pools.get(key);
    const pool = known ?? new Pool(key, this.#offering(wish), this.#ports.clock.now());
    if (known !== undefined) this.#pools.delete(key);
    else this.#forgetOldestPool();
    this.#pools.set(key, pool);
    return pool;
  }

  /** Something happened to this candidate: every list it is on notes its weight anew. */
  refresh(candidate: Candidate): void {
    const nowMs = this.#ports.clock.now();
    for (const pool of this.#pools.values()) pool.refresh(candidate, nowMs);
  }

  /** Hosts whose exclusion is over. */
  #takeBack(): void {
    const nowMs = this.#ports.clock.now();
    if (nowMs < this.#nextReturnMs) return;
    this.#nextReturnMs = Number.POSITIVE_INFINITY;
    for (const [candidate, untilMs] of this.#excluded) {
      if (nowMs < untilMs) {
        this.#nextReturnMs = Math.min(this.#nextReturnMs, untilMs);
        continue;
      }
      this.#excluded.delete(candidate);
      this.refresh(candidate);
    }
  }

  #offering(wish: Wish): Candidate[] {
    const found: Candidate[] = [];
    for (const services of this.#hosts.values()) {
      const candidate = services.get(wish.service);
      if (candidate !== undefined && offers(candidate.facts, wish)) found.push(candidate);
    }
    return found;
  }

  #forgetOldestPool(): void {
    if (this.#pools.size < ROUTING.poolsMax) return;
    const [oldest] = this.#pools.keys();
    if (oldest !== undefined) this.#pools.delete(oldest);
  }
}
