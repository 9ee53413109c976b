/**
 * Who is connected, by address prefix: counts and rates in memory only, forgotten as soon as they are back to nothing. What other
 * processes of the host have let in counts too (visitors-share.ts).
 */
import type { Limits } from '../limits.ts';
import { Bucket } from './buckets.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** From here on nobody is added on the word of others, and who is back to nothing is looked for more often. */
const MANY_PREFIXES = 100_000;
const SWEEP_AGAIN_MS = 1000;

interface Visitor {
  /** Here, and at the other processes. */
  connections: number;
  elsewhere: number;
  creates: Bucket;
  opens: Bucket;
  /** Taken here since `takeNews`. */
  newCreates: number;
  newOpens: number;
}

/** What one process says of one prefix. */
export interface VisitorNews {
  key: string;
  connections: number;
  /** Since the last time. */
  creates: number;
  opens: number;
}

/** An IPv4 address, or the /64 of an IPv6 address. Anything else stands for itself. */
export function prefixOf(address: string): string {
  const bare = address.toLowerCase().replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  if (mapped !== null) return mapped[1] as string;
  if (!bare.includes(':')) return bare;
  const [left = '', right] = bare.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  const groups = [...head, ...zeros, ...tail].map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Who is likely to be one and the same, of a prefix as above: an IPv4 address, or the /48 of an IPv6 address, of which a house has many /64. */
export function siteOf(prefix: string): string {
  return prefix.endsWith('::/64') ? `${prefix.split(':').slice(0, 3).join(':')}::/48` : prefix;
}

export class Visitors {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #keyOf: (prefix: string) => string;
  readonly #createsPerSecond: number;
  readonly #opensPerSecond: number;
  readonly #byKey = new Map<string, Visitor>();
  /** Keys of those of whom the other processes do not know everything. */
  readonly #news = new Set<string>();
  #connections = 0;
  #sweptMs: number;

  /** `keyOf`: the name of a prefix here and among the processes. */
  constructor(limits: Limits, now: () => number, keyOf = (prefix: string): string => prefix) {
    this.#limits = limits;
    this.#now = now;
    this.#keyOf = keyOf;
    this.#createsPerSecond = limits.createsPerHourPerPrefix / HOUR_SECONDS;
    this.#opensPerSecond = limits.opensPerMinutePerPrefix / MINUTE_SECONDS;
    this.#sweptMs = now();
  }

  /** False: this prefix, or the relay, has as many connections as it may. */
  enter(prefix: string): boolean {
    const key = this.#keyOf(prefix);
    const visitor = this.#visitor(key);
    if (this.#connections >= this.#limits.connections) return false;
    if (visitor.connections + visitor.elsewhere >= this.#limits.connectionsPerPrefix) return false;
    visitor.connections += 1;
    this.#connections += 1;
    this.#news.add(key);
    return true;
  }

  leave(prefix: string): void {
    const key = this.#keyOf(prefix);
    this.#visitor(key).connections -= 1;
    this.#connections -= 1;
    this.#news.add(key);
  }

  /** Milliseconds to wait, 0 for none. */
  create(prefix: string): number {
    const key = this.#keyOf(prefix);
    const visitor = this.#visitor(key);
    const waitMs = visitor.creates.take(this.#now(), this.#createsPerSecond, this.#limits.createsBurstPerPrefix);
    if (waitMs > 0) return waitMs;
    visitor.newCreates += 1;
    this.#news.add(key);
    return 0;
  }

  /** Milliseconds to wait, 0 for none. */
  open(prefix: string): number {
    const key = this.#keyOf(prefix);
    const visitor = this.#visitor(key);
    const waitMs = visitor.opens.take(this.#now(), this.#opensPerSecond, this.#limits.opensBurstPerPrefix);
    if (waitMs > 0) return waitMs;
    visitor.newOpens += 1;
    this.#news.add(key);
    return 0;
  }

  /** Of up to `limit` prefixes what happened since it was asked for the last time. */
  takeNews(limit: number): VisitorNews[] {
    const news: VisitorNews[] = [];
    for (const key of this.#news) {
      if (news.length >= limit) break;
      this.#news.delete(key);
      const visitor = this.#byKey.get(key);
      if (visitor === undefined) continue;
      const { connections, newCreates: creates, newOpens: opens } = visitor;
      news.push({ key, connections, creates, opens });
      visitor.newCreates = 0;
      visitor.newOpens = 0;
    }
    return news;
  }

  /** Who is connected here. */
  *connected(): Generator<VisitorNews> {
    for (const [key, { connections }] of this.#byKey) {
      if (connections > 0) yield { key, connections, creates: 0, opens: 0 };
    }
  }

  /** What happened at another process, `connections` as a difference. False when it is not kept: there is no room for one more prefix. */
  hear({ key, connections, creates, opens }: VisitorNews): boolean {
    if (connections === 0 && creates + opens === 0) return true;
    if (!this.#byKey.has(key) && this.#isCrowded()) return false;
    const visitor = this.#visitor(key);
    const { createsBurstPerPrefix, opensBurstPerPrefix } = this.#limits;
    visitor.elsewhere += connections;
    if (creates > 0) visitor.creates.charge(this.#now(), this.#createsPerSecond, createsBurstPerPrefix, creates);
    if (opens > 0) visitor.opens.charge(this.#now(), this.#opensPerSecond, opensBurstPerPrefix, opens);
    return true;
  }

  /** Forgets prefixes without connections and with full buckets. */
  sweep(): void {
    const now = this.#now();
    this.#sweptMs = now;
    const { createsBurstPerPrefix, opensBurstPerPrefix } = this.#limits;
    for (const [key, { connections, elsewhere, creates, opens }] of this.#byKey) {
      const isRested =
        creates.isFull(now, this.#createsPerSecond, createsBurstPerPrefix) &&
        opens.isFull(now, this.#opensPerSecond, opensBurstPerPrefix);
      if (connections + elsewhere > 0 || !isRested) continue;
      this.#byKey.delete(key);
      this.#news.delete(key);
    }
  }

  get size(): number {
    return this.#byKey.size;
  }

  #isCrowded(): boolean {
    if (this.#byKey.size >= MANY_PREFIXES && this.#now() - this.#sweptMs >= SWEEP_AGAIN_MS) this.sweep();
    return this.#byKey.size >= MANY_PREFIXES;
  }

  #visitor(key: string): Visitor {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#isCrowded();
    const now = this.#now();
    const { createsBurstPerPrefix, opensBurstPerPrefix } = this.#limits;
    const visitor = {
      connections: 0,
      elsewhere: 0,
      creates: new Bucket(createsBurstPerPrefix, now),
      opens: new Bucket(opensBurstPerPrefix, now),
      newCreates: 0,
      newOpens: 0,
    };
    this.#byKey.set(key, visitor);
    return visitor;
  }
}
