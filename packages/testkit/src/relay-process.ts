import type { Suite } from '@archipel/protocol/secret';
import { createRelay, type Limits, makeConfig, type Relay, RelayMetrics, silentLog } from '@archipel/relay';
import type { BusLines, SimulatedBus } from './bus.ts';
import type { VirtualClock } from './clock.ts';
import { type Break, CrashableStore } from './crashable-store.ts';
import type { Disk } from './disk.ts';
import type { Network } from './network.ts';
import type { SeededRandom } from './random.ts';

const PROCESS_ID_BYTES = 8;

/** What the processes of one host have in common. */
export interface HostPorts {
  clock: VirtualClock;
  random: SeededRandom;
  network: Network;
  disk: Disk;
  lines: BusLines;
  suite: Suite;
  limits: Partial<Limits>;
  /** How long the disk takes now. */
  commitMs: () => number;
  breaks: () => Break;
}

/** One of several relay processes over one disk: it can be killed, and it can be told to stop. */
export class RelayProcess {
  readonly #ports: HostPorts;
  readonly #store: CrashableStore;
  readonly #relay: Relay;
  readonly bus: SimulatedBus;
  #isAlive = true;

  constructor(ports: HostPorts) {
    const { clock, random, network, disk, lines, suite, limits, commitMs, breaks } = ports;
    this.#ports = ports;
    this.#store = new CrashableStore(disk, (run) => clock.setTimeout(run, commitMs()), breaks);
    this.bus = lines.join();
    this.#relay = createRelay({
      store: this.#store,
      bus: this.bus,
      config: makeConfig({ names: ['relay.test'], limits }),
      clock: {
        now: clock.now,
        // A dead process has no timers.
        setTimeout: (run, delayMs) => clock.setTimeout(() => this.#isAlive && run(), delayMs),
        clearTimeout: clock.clearTimeout,
      },
      random: (length) => random.bytes(length),
      processId: random.bytes(PROCESS_ID_BYTES),
      log: silentLog,
      verify: suite.verify,
      sha256: suite.sha256,
      metrics: new RelayMetrics(),
    });
    network.add(this.#relay);
  }

  /** `kill -9`: what was not committed is gone, its connections break, and nobody on the bus hears of it. */
  crash(): void {
    this.#isAlive = false;
    this.#store.crash();
    this.bus.cut();
    this.#ports.lines.leave(this.bus);
    this.#ports.network.remove(this.#relay);
  }

  /** As on SIGTERM; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#ports.network.leaveOut(this.#relay);
    await this.#relay.stop();
    await this.#store.close();
    this.crash();
  }
}
