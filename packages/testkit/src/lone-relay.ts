import {
  createLocalBus,
  createRelay,
  makeConfig,
  type Relay,
  type RelayDeps,
  RelayMetrics,
  silentLog,
} from '@archipel/relay';
import { CrashableStore } from './crashable-store.ts';
import { Disk } from './disk.ts';
import type { Weather } from './network.ts';
import type { Person } from './person.ts';
import { Simulation } from './simulation.ts';

const MAX_COMMIT_MS = 20;

/** A host of one process: its relay crashes, its disk is full at times, and the network does worse than any real one. */
export class LoneRelay extends Simulation {
  readonly disk = new Disk();
  protected readonly storm: Weather = { minDelayMs: 1, maxDelayMs: 200, cut: 0.01, duplicate: 0.02, reorder: 0.02 };
  /** With a key of the host. */
  protected readonly replication: RelayDeps['replication'];
  #store: CrashableStore | undefined;

  protected startAll(): void {
    this.startRelay();
  }

  startRelay(): Relay {
    const { clock, disk } = this;
    this.#store = new CrashableStore(disk, (run) => clock.setTimeout(run, 1 + this.random.below(MAX_COMMIT_MS)));
    const relay = createRelay({
      store: this.#store,
      bus: createLocalBus(),
      config: makeConfig({ names: ['relay.test'] }),
      clock,
      random: (length) => this.random.bytes(length),
      processId: new Uint8Array(8),
      log: silentLog,
      verify: this.ports.suite.verify,
      sha256: this.ports.suite.sha256,
      metrics: new RelayMetrics(),
      replication: this.replication,
    });
    this.network.serve(relay);
    return relay;
  }

  /** `kill -9`: what was not committed is gone, every connection breaks. */
  crashRelay(): void {
    this.#store?.crash();
    this.#store = undefined;
    this.network.serve(undefined);
  }

  protected async happen(person: Person, link: string): Promise<number> {
    const chance = this.random.below(100);
    if (chance < 70) person.write();
    else if (chance < 76) this.network.cutAll(() => this.random.chance(0.5));
    else if (chance < 82) this.toggleOnline(person);
    else if (chance < 88) await this.reload(person, link);
    else if (chance < 94) this.#toggleRelay();
    else this.disk.full = !this.disk.full;
    return chance;
  }

  #toggleRelay(): void {
    if (this.#store) this.crashRelay();
    else this.startRelay();
  }

  protected mendAll(): void {
    if (!this.#store) this.startRelay();
  }
}
