/** Hosts in virtual time, each with a disk of its own, and lines between them that are slow and can be cut. */
import { sign } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import { hostIdOf, toHex } from '@archipel/protocol';
import type { SeededRandom } from '@archipel/testkit/host';
import { CrashableStore, Disk } from '@archipel/testkit/host';
import type { Limits, Relay, RelayConnection } from '../../src/index.ts';
import { createLocalBus, createRelay, makeConfig, RelayMetrics, sha256, silentLog } from '../../src/index.ts';
import type { Identity } from '../../src/network/identity.ts';
import type { DialPeer, PeerEnds, PeerSocket } from '../../src/replication/hosts.ts';
import { makeKey } from './author.ts';
import type { Host } from './host.ts';
import { HostClient, verifyAtOnce } from './host.ts';
import type { LedgerDisk } from './memory-ledger.ts';
import { ledgerDisk, MemoryLedger } from './memory-ledger.ts';

const AUDIENCE = 'relay.example';

interface Line {
  close(): void;
}

export class Island {
  readonly index: number;
  readonly identity: Identity;
  readonly id: string;
  readonly hostId: Bytes;
  readonly disk: Disk;
  readonly ledger: LedgerDisk = ledgerDisk();
  relay: Relay | undefined;
  clients: HostClient[] = [];
  crash: () => void = () => undefined;

  constructor(index: number, random: SeededRandom) {
    const key = makeKey(bytesBy(random, 32));
    this.index = index;
    this.identity = {
      publicKey: key.public,
      sign: (message) => new Uint8Array(sign(null, message, key.private)),
    };
    this.hostId = hostIdOf(key.public);
    this.id = toHex(this.hostId);
    this.disk = new Disk('alone');
  }

  get url(): string {
    return `https://island${this.index}.example`;
  }

  get entry() {
    return { hostId: this.hostId, url: this.url, role: 0 };
  }
}

export class Sea {
  readonly host: Host;
  readonly random: SeededRandom;
  readonly islands: Island[];
  readonly #limits: Partial<Limits>;
  readonly #lines = new Set<Line & { ends: [Island, Island] }>();
  readonly #cut = new Set<string>();

  constructor(host: Host, random: SeededRandom, count: number, limits: Partial<Limits>) {
    this.host = host;
    this.random = random;
    this.#limits = limits;
    this.islands = Array.from({ length: count }, (_, index) => new Island(index, random));
  }

  start(island: Island): void {
    const { clock } = this.host;
    let isAlive = true;
    const store = new CrashableStore(island.disk, (run) => clock.setTimeout(run, this.host.commitMs));
    const others = this.islands.filter((other) => other !== island);
    island.relay = createRelay({
      store,
      bus: createLocalBus(),
      config: makeConfig({ names: [AUDIENCE], limits: this.#limits }),
      clock: { ...clock, setTimeout: (run, ms) => clock.setTimeout(() => isAlive && run(), ms), now: clock.now },
      random: (length) => bytesBy(this.random, length),
      processId: bytesBy(this.random, 8),
      log: silentLog,
      verify: verifyAtOnce,
      sha256,
      metrics: new RelayMetrics(),
      replication: {
        identity: island.identity,
        peers: others.map(({ id, hostId, url }) => ({ id, hostId, url, copies: true, perDay: 1000 })),
        ledger: new MemoryLedger(island.ledger),
        dial: this.#dialFrom(island),
      },
    });
    island.crash = () => {
      isAlive = false;
      store.crash();
      island.relay = undefined;
      for (const line of [...this.#lines]) if (line.ends.includes(island)) line.close();
      for (const client of island.clients) client.isBroken = true;
      island.clients = [];
    };
  }

  /** Greeted. */
  connect(island: Island): HostClient {
    const client = new HostClient(this.host, island.relay as Relay);
    island.clients.push(client);
    return client;
  }

  cut(a: Island, b: Island): void {
    this.#cut.add(nameOf(a, b));
    for (const line of [...this.#lines]) if (nameOf(...line.ends) === nameOf(a, b)) line.close();
  }

  mend(): void {
    this.#cut.clear();
  }

  #dialFrom(from: Island): DialPeer {
    return (origin, ends) => {
      const to = this.islands.find(({ url }) => url === origin) as Island;
      return this.#join(from, to, ends);
    };
  }

  /** What is sent arrives later, in order; a line that breaks takes along what is on its way. */
  #join(from: Island, to: Island, near: PeerEnds): PeerSocket {
    const { clock } = this.host;
    let far: RelayConnection | undefined;
    let isOpen = true;
    let lastMs = 0;
    const later = (run: () => void): void => {
      lastMs = Math.max(lastMs, clock.now() + 1 + this.random.below(30));
      clock.setTimeout(() => isOpen && run(), lastMs - clock.now());
    };
    const line = {
      ends: [from, to] as [Island, Island],
      close: (): void => {
        if (!isOpen) return;
        isOpen = false;
        this.#lines.delete(line);
        clock.setTimeout(() => {
          if (from.relay !== undefined) near.closed();
          far?.closed();
        }, 1);
      },
    };
    this.#lines.add(line);
    later(() => {
      if (to.relay === undefined || this.#cut.has(nameOf(from, to))) return line.close();
      const socket = {
        send: (frame: Bytes) => {
          const copy = frame.slice();
          later(() => near.receive(copy));
        },
        close: () => line.close(),
        bufferedBytes: () => 0,
        pause() {},
        resume() {},
      };
      far = to.relay.connectPeer(socket, { address: `192.0.2.${10 + from.index}`, audience: AUDIENCE });
      near.opened();
    });
    return {
      send: (frame) => {
        const copy = frame.slice();
        later(() => far?.receive(copy));
      },
      close: () => line.close(),
      bufferedBytes: () => 0,
    };
  }
}

function bytesBy(random: SeededRandom, length: number): Bytes {
  return Uint8Array.from({ length }, () => random.below(256));
}

function nameOf(a: Island, b: Island): string {
  return [a.index, b.index].sort().join('-');
}
