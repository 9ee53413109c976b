import { createLocalBus, createRelay, makeConfig, type Relay, RelayMetrics, silentLog } from '@archipel/relay';
import { settle, VirtualClock } from './clock.ts';
import { CrashableStore, Disk } from './crashable-store.ts';
import { CALM, Network, type Weather } from './network.ts';
import { nodeSuite } from './node-suite.ts';
import { Person, type PersonPorts, words } from './person.ts';
import { type SeededRandom, seededRandom } from './random.ts';

const STORM: Weather = { minDelayMs: 1, maxDelayMs: 200, cut: 0.01, duplicate: 0.02, reorder: 0.02 };
const MAX_COMMIT_MS = 20;
const STEPS = 60;
const MAX_STEP_MS = 700;
const CALM_STEP_MS = 5_000;
const CALM_STEPS = 60;

/** What a run ended in; every list is empty when all is well. */
export interface Outcome {
  /** Somebody's text or words that differ from the first person's. */
  different: string[];
  /** Words that a state pill called saved and that are gone. */
  lost: string[];
  /** People whose pill does not say "saved" in the end. */
  unsaved: string[];
  /** A line for each event: two runs of a seed have the same. */
  trace: string[];
  words: number;
}

/** One document, several people, one relay that crashes, a network that misbehaves: all from one seed. */
export class Simulation {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: Network;
  readonly disk = new Disk();
  readonly people: Person[] = [];
  readonly trace: string[] = [];
  readonly #ports: PersonPorts;
  #store: CrashableStore | undefined;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.network = new Network(this.clock, seededRandom(seed + 1), CALM);
    const secrets = seededRandom(seed + 2);
    const suite = nodeSuite((length) => secrets.bytes(length));
    this.#ports = { clock: this.clock, random: seededRandom(seed + 3), network: this.network, suite };
  }

  /** Chaos for a while, then calm; then everybody, and somebody who comes then, must hold the same. */
  async run(): Promise<Outcome> {
    this.startRelay();
    const link = await this.#begin(2 + this.random.below(3));
    this.network.weather = STORM;
    for (let step = 0; step < STEPS; step++) {
      await this.#happen(link);
      await this.clock.advance(this.random.below(MAX_STEP_MS));
    }
    await this.#calm(link);
    return this.#judge(link);
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
      log: silentLog,
      verify: this.#ports.suite.verify,
      sha256: this.#ports.suite.sha256,
      metrics: new RelayMetrics(),
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

  async #begin(count: number): Promise<string> {
    for (let index = 0; index < count; index++) this.people.push(new Person(`p${index}`, this.#ports));
    const [owner, ...others] = this.people;
    if (!owner) throw new Error('nobody');
    const document = await this.#wait(owner.create());
    const link = document.links().edit;
    if (!link) throw new Error('no link to write');
    await this.clock.advance(CALM_STEP_MS);
    for (const person of others) await this.#wait(person.open(link));
    return link;
  }

  async #happen(link: string): Promise<void> {
    const person = this.random.pick(this.people);
    const chance = this.random.below(100);
    if (chance < 70) person.write();
    else if (chance < 76) this.network.cutAll(() => this.random.chance(0.5));
    else if (chance < 82) this.#toggleOnline(person);
    else if (chance < 88) await this.#reload(person, link);
    else if (chance < 94) this.#toggleRelay();
    else this.disk.full = !this.disk.full;
    this.trace.push(`${this.clock.now()} ${person.name} ${chance} ${person.document?.state}`);
  }

  #toggleOnline(person: Person): void {
    person.online = !person.online;
    if (!person.online) this.network.cutUnreachable();
  }

  async #reload(person: Person, link: string): Promise<void> {
    person.die();
    await this.clock.advance(this.random.below(MAX_STEP_MS));
    await this.#wait(person.open(link));
  }

  #toggleRelay(): void {
    if (this.#store) this.crashRelay();
    else this.startRelay();
  }

  async #calm(link: string): Promise<void> {
    this.network.weather = CALM;
    this.disk.full = false;
    if (!this.#store) this.startRelay();
    for (const person of this.people) {
      person.online = true;
      if (!person.document) await this.#wait(person.open(link));
      person.document?.retry();
    }
    for (let step = 0; step < CALM_STEPS && !this.#isSettled(); step++) await this.clock.advance(CALM_STEP_MS);
  }

  #isSettled(): boolean {
    const [first, ...others] = this.people.map((person) => contentOf(person));
    return (
      others.every((content) => content === first) && this.people.every(({ document }) => document?.state === 'saved')
    );
  }

  async #judge(link: string): Promise<Outcome> {
    const late = new Person('late', this.#ports);
    await this.#wait(late.open(link));
    await this.clock.advance(CALM_STEP_MS);
    const everyone = [...this.people, late];
    const [first] = everyone;
    const held = new Set(late.document ? words(late.document) : []);
    const different = everyone.filter((person) => contentOf(person) !== contentOf(first as Person));
    return {
      different: different.map((person) => `${person.name}: ${contentOf(person)}`),
      lost: this.people.flatMap(({ acknowledged }) => [...acknowledged].filter((word) => !held.has(word))),
      unsaved: everyone
        .filter(({ document }) => document?.state !== 'saved')
        .map(({ name, document }) => `${name}: ${document?.state} ${document?.error ?? ''} ${document?.unsaved}`),
      trace: [...this.trace, contentOf(late)],
      words: held.size,
    };
  }

  /** Virtual time passes until the promise settles. */
  async #wait<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = () => {
      isDone = true;
    };
    promise.then(finish, finish);
    await settle();
    while (!isDone) await this.clock.advance(1);
    return promise;
  }
}

function contentOf({ document }: Person): string {
  if (!document) return 'nothing';
  return JSON.stringify([document.ydoc.getText('text').toString(), words(document)]);
}
