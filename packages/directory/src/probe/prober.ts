/** Asks other hosts how they are, without becoming a tool to reach a host's inner network. */
import { hostKey } from './address.ts';
import type { Begin, ProbeClock } from './budget.ts';
import { Budget, systemClock } from './budget.ts';
import { sendDatagram } from './datagram.ts';
import type { Post, Redirect } from './exchange.ts';
import { exchange } from './exchange.ts';
import type { DatagramAnswer, HttpAnswer, ProbeFailure } from './failure.ts';
import { failure } from './failure.ts';
import type { ProbeLimits } from './limits.ts';
import { PROBE_LIMITS } from './limits.ts';
import type { Resolver } from './resolver.ts';
import { dnsResolver } from './resolver.ts';
import { Slots } from './slots.ts';
import type { AllowLoopback, TargetRules } from './target.ts';
import { allowedAddresses, hostOf, isPortAllowed, webUrl } from './target.ts';

export interface ProberOptions {
  /** Of Archipel. */
  version: string;
  /** A page that says who probes and why. */
  aboutUrl: string;
  /** Default: false. */
  allowLoopback?: AllowLoopback;
  limits?: Partial<ProbeLimits>;
  resolver?: Resolver;
  clock?: ProbeClock;
  /** Certificate authorities in place of the system's, as PEM. */
  ca?: string;
}

/** `url` is where the answer came from, after redirects. */
export type GetOutcome = (HttpAnswer & { url: string }) | ProbeFailure;
export type PingOutcome = DatagramAnswer | ProbeFailure;

export class Prober {
  readonly #limits: ProbeLimits;
  readonly #rules: TargetRules;
  readonly #resolver: Resolver;
  readonly #clock: ProbeClock;
  readonly #userAgent: string;
  readonly #ca: string | undefined;
  readonly #perHost: Slots;
  readonly #total: Slots;

  constructor({ version, aboutUrl, allowLoopback = false, ...options }: ProberOptions) {
    this.#limits = { ...PROBE_LIMITS, ...options.limits };
    this.#rules = { allowLoopback, urlMaxChars: this.#limits.urlMaxChars };
    this.#resolver = options.resolver ?? dnsResolver();
    this.#clock = options.clock ?? systemClock;
    this.#ca = options.ca;
    this.#userAgent = `Archipel/${version} (+${aboutUrl})`;
    const { probesPerHost, waitingPerHost, probesTotal, waitingTotal } = this.#limits;
    this.#perHost = new Slots({ running: probesPerHost, waiting: waitingPerHost });
    this.#total = new Slots({ running: probesTotal, waiting: waitingTotal });
  }

  /** Follows redirects, each checked like the first address. Never rejects because of the peer. */
  async get(text: string, signal?: AbortSignal): Promise<GetOutcome> {
    const budget = new Budget(this.#clock, this.#limits.totalMs, signal);
    let url = webUrl(text, this.#rules);
    if (url === undefined) return failure('bad_url', 'url');
    for (let hops = 0; hops <= this.#limits.redirectsMax; hops += 1) {
      const outcome = await this.#hop(url, budget);
      if (outcome.kind === 'http') return { ...outcome, url: url.href };
      if (outcome.kind === 'failure') return outcome;
      const next = this.#redirectTarget(outcome, url);
      if (next === undefined) return failure('bad_redirect', 'headers');
      url = next;
    }
    return failure('too_many_redirects', 'headers');
  }

  /** Sends something and follows no redirect. Never rejects because of the peer. */
  async post(text: string, post: Post, signal?: AbortSignal): Promise<GetOutcome> {
    const budget = new Budget(this.#clock, this.#limits.totalMs, signal);
    const url = webUrl(text, this.#rules);
    if (url === undefined) return failure('bad_url', 'url');
    const outcome = await this.#hop(url, budget, post);
    if (outcome.kind === 'redirect') return failure('bad_redirect', 'headers');
    return outcome.kind === 'http' ? { ...outcome, url: url.href } : outcome;
  }

  /** One datagram to a host by its name or address (IPv6 in brackets). Never rejects because of the peer. */
  async ping(host: string, port: number, payload: Uint8Array, signal?: AbortSignal): Promise<PingOutcome> {
    const budget = new Budget(this.#clock, this.#limits.totalMs, signal);
    const url = webUrl(`http://${host}/`, this.#rules);
    const isPlain =
      url !== undefined && url.port === '' && url.pathname === '/' && url.search === '' && url.hash === '';
    if (!isPlain || !Number.isInteger(port) || port < 1 || port > 65_535) return failure('bad_url', 'url');
    if (!isPortAllowed(port, this.#rules)) return failure('bad_url', 'url');
    const limits = this.#limits;
    return this.#reach<DatagramAnswer>(hostOf(url), budget, (address) => (work) => {
      return sendDatagram(work, { address, port, payload, limits });
    });
  }

  #hop(url: URL, budget: Budget, post?: Post): Promise<HttpAnswer | Redirect | ProbeFailure> {
    const options = { url, userAgent: this.#userAgent, limits: this.#limits, ca: this.#ca, post };
    return this.#reach<HttpAnswer | Redirect>(hostOf(url), budget, (address) => (work) => {
      return exchange(work, { ...options, address });
    });
  }

  /** Whoever listened to the first hop could otherwise answer for a host that is only reached by https. */
  #redirectTarget({ location }: Redirect, from: URL): URL | undefined {
    const next = webUrl(location, this.#rules, from);
    return from.protocol === 'https:' && next?.protocol === 'http:' ? undefined : next;
  }

  /** The next address of a name is tried when nobody is at the last one. */
  async #reach<T extends { kind: string }>(
    host: string,
    budget: Budget,
    beginAt: (address: string) => Begin<T>,
  ): Promise<T | ProbeFailure> {
    const { resolveMs, addressesMax } = this.#limits;
    const found = await allowedAddresses(host, budget, { resolver: this.#resolver, rules: this.#rules, resolveMs });
    if (found.kind === 'failure') return found;
    let outcome: T | ProbeFailure = failure('unreachable', 'connect');
    for (const address of found.list.slice(0, addressesMax)) {
      outcome = await this.#inTurn(address, budget, beginAt(address));
      if (!isNobodyThere(outcome)) break;
    }
    return outcome;
  }

  /** By address, not by name: a thousand names may lead to one host. */
  async #inTurn<T>(address: string, budget: Budget, begin: Begin<T>): Promise<T | ProbeFailure> {
    const { waitMs } = this.#limits;
    const own = await this.#perHost.take(hostKey(address), budget, waitMs);
    if (own.kind === 'failure') return own;
    const place = await this.#total.take('', budget, waitMs);
    try {
      return place.kind === 'failure' ? place : await budget.run(begin);
    } finally {
      if (place.kind === 'slot') place.leave();
      own.leave();
    }
  }
}

function isNobodyThere(outcome: { kind: string; stage?: string; code?: string }): boolean {
  const { kind, stage, code } = outcome;
  return kind === 'failure' && stage === 'connect' && (code === 'unreachable' || code === 'timeout');
}
