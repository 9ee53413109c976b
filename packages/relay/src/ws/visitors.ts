/** Who is connected, by address prefix: counts and rates in memory only, forgotten as soon as they are back to nothing. */
import type { Limits } from '../limits.ts';
import { Bucket } from './buckets.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

interface Visitor {
  connections: number;
  creates: Bucket;
  opens: Bucket;
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

export class Visitors {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #byPrefix = new Map<string, Visitor>();
  #connections = 0;

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** False: this prefix, or the relay, has as many connections as it may. */
  enter(prefix: string): boolean {
    const visitor = this.#visitor(prefix);
    if (this.#connections >= this.#limits.connections) return false;
    if (visitor.connections >= this.#limits.connectionsPerPrefix) return false;
    visitor.connections += 1;
    this.#connections += 1;
    return true;
  }

  leave(prefix: string): void {
    this.#visitor(prefix).connections -= 1;
    this.#connections -= 1;
  }

  /** Milliseconds to wait, 0 for none. */
  create(prefix: string): number {
    const { createsPerHourPerPrefix, createsBurstPerPrefix } = this.#limits;
    const perSecond = createsPerHourPerPrefix / HOUR_SECONDS;
    return this.#visitor(prefix).creates.take(this.#now(), perSecond, createsBurstPerPrefix);
  }

  /** Milliseconds to wait, 0 for none. */
  open(prefix: string): number {
    const { opensPerMinutePerPrefix, opensBurstPerPrefix } = this.#limits;
    const perSecond = opensPerMinutePerPrefix / MINUTE_SECONDS;
    return this.#visitor(prefix).opens.take(this.#now(), perSecond, opensBurstPerPrefix);
  }

  /** Forgets prefixes without connections and with full buckets. */
  sweep(): void {
    const now = this.#now();
    const { createsPerHourPerPrefix, createsBurstPerPrefix, opensPerMinutePerPrefix, opensBurstPerPrefix } =
      this.#limits;
    for (const [prefix, { connections, creates, opens }] of this.#byPrefix) {
      const isRested =
        creates.isFull(now, createsPerHourPerPrefix / HOUR_SECONDS, createsBurstPerPrefix) &&
        opens.isFull(now, opensPerMinutePerPrefix / MINUTE_SECONDS, opensBurstPerPrefix);
      if (connections === 0 && isRested) this.#byPrefix.delete(prefix);
    }
  }

  get size(): number {
    return this.#byPrefix.size;
  }

  #visitor(prefix: string): Visitor {
    const known = this.#byPrefix.get(prefix);
    if (known !== undefined) return known;
    const now = this.#now();
    const { createsBurstPerPrefix, opensBurstPerPrefix } = this.#limits;
    const visitor = {
      connections: 0,
      creates: new Bucket(createsBurstPerPrefix, now),
      opens: new Bucket(opensBurstPerPrefix, now),
    };
    this.#byPrefix.set(prefix, visitor);
    return visitor;
  }
}
