import { BusLines, type BusWeather, CALM_BUS } from './bus.ts';
import type { Break } from './crashable-store.ts';
import { Disk } from './disk.ts';
import type { Weather } from './network.ts';
import type { Person } from './person.ts';
import { seededRandom } from './random.ts';
import { type HostPorts, RelayProcess } from './relay-process.ts';
import { Simulation } from './simulation.ts';

const MAX_COMMIT_MS = 10;
const MAX_SLOW_COMMIT_MS = 900;
const BREAK_CHANCE = 0.08;
const STORM_BUS: BusWeather = { minDelayMs: 0, maxDelayMs: 120, lose: 0.15, repeat: 0.1, reorder: 0.2 };
const DAY_SECONDS = 86_400;
/** So small that nearly every reader lags, and every document is read in several pages. */
const SMALL = { slowReaderBytes: 600, pageBytes: 700, documentGraceMs: 200, verifyDelayMs: 500 };

/**
 * A host of two or three processes over one store, and a bus between them that loses, repeats and delays. People reach any process, and
 * another one when their line breaks. The network delivers in order or not at all, as real ones do: so nobody may have anything to say
 * against the relay.
 */
export class SharedRelays extends Simulation {
  readonly disk = new Disk('shared');
  protected readonly storm: Weather = {
    minDelayMs: 1,
    maxDelayMs: 200,
    cut: 0.01,
    duplicate: 0,
    reorder: 0,
    halfOpen: 0.5,
  };
  readonly #lines: BusLines;
  readonly #host: HostPorts;
  /** Undefined: not running. */
  readonly #processes: (RelayProcess | undefined)[];
  #isSlow = false;
  #isBroken = false;
  #headers = 0;

  constructor(seed: number) {
    super(seed);
    const { clock, network, disk, random, ports } = this;
    this.#lines = new BusLines(clock, seededRandom(seed + 4), STORM_BUS);
    this.#host = {
      clock,
      network,
      disk,
      lines: this.#lines,
      random: seededRandom(seed + 5),
      suite: ports.suite,
      limits: random.chance(0.5) ? SMALL : {},
      commitMs: () => random.below(this.#isSlow ? MAX_SLOW_COMMIT_MS : MAX_COMMIT_MS),
      breaks: () => this.#break(),
    };
    this.#processes = Array.from({ length: random.chance(0.3) ? 3 : 2 }, () => undefined);
  }

  #break(): Break {
    if (!this.#isBroken || !this.random.chance(BREAK_CHANCE)) return undefined;
    return this.random.chance(0.5) ? 'before' : 'after';
  }

  protected startAll(): void {
    for (const index of this.#processes.keys()) this.#start(index);
  }

  #start(index: number): void {
    this.#processes[index] ??= new RelayProcess(this.#host);
  }

  protected async happen(person: Person, link: string): Promise<number> {
    const chance = this.random.below(100);
    if (chance < 60) person.write();
    else if (chance < 65) this.network.cutAll(() => this.random.chance(0.5));
    else if (chance < 70) this.toggleOnline(person);
    else if (chance < 75) await this.reload(person, person.ownLink ?? link);
    else if (chance < 83) this.#toggleProcess();
    else if (chance < 86) this.#restart();
    else if (chance < 90) this.#toggleBus();
    else if (chance < 92) this.disk.full = !this.disk.full;
    else if (chance < 94) this.#isSlow = !this.#isSlow;
    else if (chance < 97) this.#isBroken = !this.#isBroken;
    else this.#govern();
    return chance;
  }

  #toggleProcess(): void {
    const index = this.random.below(this.#processes.length);
    const process = this.#processes[index];
    process?.crash();
    this.#processes[index] = undefined;
    if (process === undefined) this.#start(index);
  }

  /** One stops, and its successor is there at once. */
  #restart(): void {
    const index = this.random.below(this.#processes.length);
    void this.#processes[index]?.stop();
    this.#processes[index] = undefined;
    this.#start(index);
  }

  #toggleBus(): void {
    const bus = this.#processes[this.random.below(this.#processes.length)]?.bus;
    if (bus?.isCut) bus.mend();
    else bus?.cut();
  }

  /** The owner changes the header, or erases the history. */
  #govern(): void {
    const owner = this.people[0]?.document;
    if (owner?.cap !== 'own') return;
    this.#headers += 1;
    const expiry = Math.floor(this.clock.now() / 1000) + DAY_SECONDS + this.#headers;
    void (this.random.chance(0.5) ? owner.setExpiry(expiry) : owner.eraseHistory());
  }

  protected mendAll(): void {
    this.#isSlow = false;
    this.#isBroken = false;
    this.#lines.weather = CALM_BUS;
    this.startAll();
    for (const process of this.#processes) process?.bus.mend();
  }
}
