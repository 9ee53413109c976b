/** Documents that would be left with one host find another: when a host is gone for long, and when this one leaves. */
import type { Bytes } from '@archipel/protocol';
import type { Timer } from '../clock.ts';
import type { LogContext } from '../primitives/log/context.ts';
import type { PeerHost, Self } from './hosts.ts';
import type { Ledger } from './ledger.ts';

const LOOK_MAX_MS = 15_000;
const PAGE = 200;

export interface NeighbourState {
  peer: PeerHost;
  isReached: boolean;
  awaySinceMs: number | undefined;
}
export interface RehomingPorts {
  context: LogContext;
  ledger: Ledger;
  self: Self;
  neighbours(): NeighbourState[];
  /** True: that host has all of it now. */
  share(docId: Bytes, host: string): Promise<boolean>;
  /** The same for blobs. */
  replaceBlobs(gone: string): Promise<void> | undefined;
}

export class Rehoming {
  readonly #ports: RehomingPorts;
  #timer: Timer | undefined;
  #isLooking = false;
  #isStopped = false;

  constructor(ports: RehomingPorts) {
    this.#ports = ports;
  }

  start(): void {
    const lookMs = Math.min(LOOK_MAX_MS, this.#ports.context.config.limits.hostGoneMs);
    this.#timer = this.#ports.context.clock.setTimeout(() => {
      void this.#look();
      if (!this.#isStopped) this.start();
    }, lookMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#ports.context.clock.clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { clock, config } = this.#ports.context;
    for (const { peer, awaySinceMs } of this.#ports.neighbours()) {
      const isGone = awaySinceMs !== undefined && clock.now() - awaySinceMs >= config.limits.hostGoneMs;
      if (!isGone) continue;
      await this.#replace(peer.id);
      await this.#ports.replaceBlobs(peer.id);
    }
    this.#isLooking = false;
  }

  /** Every document that only this host and one that is gone hold. */
  async #replace(gone: string): Promise<void> {
    const { ledger } = this.#ports;
    for (let after: Bytes | undefined; !this.#isStopped; ) {
      const shares = ledger.page(gone, after, PAGE);
      for (const { docId } of shares) {
        const target = this.#isAlone(docId) ? this.choose(docId) : undefined;
        if (target !== undefined) await this.#ports.share(docId, target);
      }
      after = shares.at(-1)?.docId;
      if (shares.length < PAGE) return;
    }
  }

  #isAlone(docId: Bytes): boolean {
    const hosts = this.#ports.ledger.hostsOf(docId);
    return !this.#ports.neighbours().some(({ peer, isReached }) => isReached && hosts.includes(peer.id));
  }

  /** A host that is reached and keeps copies, another one for each document so that all take a part; undefined: there is none. */
  choose(docId: Bytes): string | undefined {
    const holders = this.#ports.ledger.hostsOf(docId);
    const hosts = this.#ports.neighbours().filter(({ peer, isReached }) => {
      return isReached && peer.copies && !holders.includes(peer.id);
    });
    const [first = 0, second = 0] = docId;
    return hosts[(first * 256 + second) % Math.max(1, hosts.length)]?.peer.id;
  }
}
