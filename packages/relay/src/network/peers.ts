/** The hosts that this one works with, asked again and again who they are and how full they are. */
import { AddressBook, hostFactsOf, loadReportOf } from '@archipel/directory';
import { fetchedOf, WatchedHost } from '@archipel/directory/portal';
import type { Prober } from '@archipel/directory/probe';
import type { Manifest, Signed, Verify } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { PeerSettings } from './settings.ts';

const FOLDER = '/.well-known/archipel';
/** One that has never answered may just be starting, as this host is: it is asked again so soon, then after twice as long, and so on. */
const FIRST_PAUSE_MS = 1000;

export interface PeersDeps {
  peers: readonly PeerSettings[];
  prober: Pick<Prober, 'get'>;
  verify: Verify;
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  metrics: RelayMetrics;
  /** It answered as a host does. */
  answered?: (id: string) => void;
  /** What people had confirmed of it before, by service class (VOU-4); undefined: nothing is known. */
  confirmedUnits?: (id: string) => Readonly<Record<string, number>> | undefined;
}

export class Peers {
  readonly book: AddressBook;
  readonly #deps: PeersDeps;
  readonly #hosts: ReadonlyMap<string, WatchedHost>;
  readonly #timers = new Map<WatchedHost, unknown>();
  readonly #manifests = new Map<WatchedHost, Signed<Manifest>>();
  readonly #stopping = new AbortController();

  constructor(deps: PeersDeps) {
    const nowMs = deps.clock.now();
    this.#deps = deps;
    this.book = new AddressBook({ clock: deps.clock });
    this.#hosts = new Map(
      deps.peers.map(({ id, url }) => [id, new WatchedHost(url, { nowMs, isNamed: true, id })] as const),
    );
    deps.metrics.peersKnown = this.#hosts.size;
    for (const host of this.#hosts.values()) void this.#ask(host, FIRST_PAUSE_MS);
  }

  /** Undefined: it has not said yet who it is. */
  host(id: string): WatchedHost | undefined {
    return this.#hosts.get(id);
  }

  /** Those that answered the last time. */
  get present(): WatchedHost[] {
    return [...this.#hosts.values()].filter(({ failure, isAway }) => failure === undefined && !isAway);
  }

  stop(): void {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) this.#deps.clock.clearTimeout(timer);
  }

  /** There is reason to believe that it is back: it is asked now, unless it answered the last time. */
  hurry(id: string): void {
    const host = this.#hosts.get(id);
    if (host === undefined || (host.failure === undefined && host.lastAnswerMs !== undefined)) return;
    // Without one it is being asked.
    if (!this.#timers.has(host)) return;
    this.#deps.clock.clearTimeout(this.#timers.get(host));
    void this.#ask(host, FIRST_PAUSE_MS);
  }

  async #ask(host: WatchedHost, firstPauseMs: number): Promise<void> {
    this.#timers.delete(host);
    const { prober, verify, clock, random, metrics, answered } = this.#deps;
    const { signal } = this.#stopping;
    const fetch = (what: string) => prober.get(`${host.origin}${FOLDER}/${what}`, signal).then(fetchedOf);
    const isWell = await host.ask({ fetch, verify, now: () => clock.now() });
    if (signal.aborted) return;
    this.#learn(host, isWell);
    if (isWell && host.id !== undefined) answered?.(host.id);
    if (host.failure !== undefined) metrics.countPeerFailure(host.failure);
    metrics.peersReached = this.present.length;
    const pauseMs = host.lastAnswerMs === undefined ? Math.min(firstPauseMs, host.pauseMs) : host.pauseMs;
    this.#timers.set(
      host,
      clock.setTimeout(() => void this.#ask(host, 2 * firstPauseMs), pauseMs * (0.5 + random() / 2)),
    );
  }

  #learn(host: WatchedHost, isWell: boolean): void {
    const { manifest, load, id } = host;
    if (manifest === undefined || id === undefined) return;
    if (isWell && manifest !== this.#manifests.get(host)) {
      this.#manifests.set(host, manifest);
      const { clock, confirmedUnits } = this.#deps;
      const confirmed = confirmedUnits?.(id);
      // Who runs this host has compared its fingerprint: it is vouched for.
      const known = { knownSinceMs: clock.now(), vouched: true, ...(confirmed && { confirmedUnits: confirmed }) };
      this.book.putHost(hostFactsOf(manifest, known));
    }
    // What is not newer than what the book has tells it nothing.
    if (isWell && load !== undefined) this.book.putLoad(loadReportOf(load));
    // That it answers this host's questions says nothing of how it serves people; that it does not says enough.
    if (!isWell) for (const { service } of manifest.fact.services) this.book.putSignal(id, service, false);
  }
}
