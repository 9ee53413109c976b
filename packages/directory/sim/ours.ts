import {
  AddressBook,
  type ClassLoad,
  type Clock,
  type HostFacts,
  type LoadReport,
  type LookUp,
  Router,
  type RouterPorts,
  type Wish,
} from '../src/index.ts';
import { MEAN_ROOM_UNITS } from './crowd.ts';
import type { SimHost } from './host.ts';
import type { Decision, Demand, MakeRule, Rule, RulePorts } from './rule.ts';

const SERVICE = 'log';
const WISH: Wish = { service: SERVICE };
const PORTALS = 4;
/** Portals pass on what their people say, and others know it so much later. */
const SHARE_MS = 10_000;
const YEAR_MS = 365 * 24 * 3600 * 1000;

interface Door {
  book: AddressBook;
  router: Router<SimHost>;
}

/** The routing of this package on several portals that know only their own assignments and signals (rule 7). */
class Ours implements Rule {
  readonly name = 'ours';
  readonly isGuarded = true;
  readonly doors = PORTALS;
  readonly #ports: RulePorts;
  readonly #clock: Clock;
  readonly #byId: ReadonlyMap<string, SimHost>;
  readonly #portals: Door[];
  /** The last of each host. */
  readonly #reports = new Map<string, { load: ClassLoad; atMs: number }>();
  /** What browsers go by once the portals are gone. */
  #directory: HostFacts[] | undefined;

  constructor(ports: RulePorts) {
    this.#ports = ports;
    const { events, hosts } = ports;
    this.#byId = new Map(hosts.map((host) => [host.id, host]));
    this.#clock = {
      now: events.now,
      clearTimeout: events.clearTimeout,
      setTimeout: (run, delayMs) =>
        events.setTimeout(() => {
          events.asking();
          run();
        }, delayMs),
    };
    const facts = hosts.map((host) => factsOf(host, 0));
    this.#portals = Array.from({ length: PORTALS }, () => this.#door(facts, undefined));
  }

  async place({ door, units, ticket, waits }: Demand): Promise<Decision> {
    const { router } = this.#doorOf(door);
    const options = { ticket, ...(units === undefined ? {} : { units }), ...(waits === undefined ? {} : { waits }) };
    const placement = await router.place(WISH, options);
    const { tries } = placement;
    if (placement.kind === 'placed') {
      return { host: placement.voucher, tries, reservedUnits: units ?? MEAN_ROOM_UNITS };
    }
    const { ticket: next, comeBackInMs } = placement.reason === 'full' ? (placement.waiting ?? {}) : {};
    return {
      host: undefined,
      tries,
      reservedUnits: 0,
      ticket: next,
      ...(comeBackInMs === undefined ? {} : { comeBackInMs }),
    };
  }

  report(host: SimHost, load: ClassLoad, atMs: number): void {
    if (this.#directory !== undefined) return;
    this.#reports.set(host.id, { load, atMs });
    for (const { book } of this.#portals) book.putLoad({ host: host.id, atMs, classes: { [SERVICE]: load } });
  }

  signal(host: SimHost, healthy: boolean, door: number): void {
    if (this.#directory !== undefined) return;
    const tell = ({ book }: Door): void => book.putSignal(host.id, SERVICE, healthy);
    const others = this.#portals.filter((_, index) => index !== door);
    tell(this.#portals[door] as Door);
    this.#ports.events.setTimeout(() => others.forEach(tell), SHARE_MS);
  }

  /** What the first portal knew is what the signed directory says. */
  losePortals(): void {
    const [portal] = this.#portals;
    this.#directory = this.#ports.hosts.map((host) =>
      factsOf(host, portal?.book.candidate(host.id, SERVICE)?.earned.confirmedUnits ?? 0),
    );
  }

  /** Without portals each browser has a book of its own with the last reports of the directory, and remembers nothing of the others. */
  #doorOf(door: number): Door {
    if (this.#directory === undefined) return this.#portals[door] as Door;
    const own = this.#door(this.#directory, ({ id }) => this.#lookUp(id));
    for (const [host, { load, atMs }] of this.#reports) {
      own.book.putLoad({ host, atMs, classes: { [SERVICE]: load } });
    }
    return own;
  }

  #door(facts: readonly HostFacts[], lookUp: LookUp | undefined): Door {
    const book = new AddressBook({ clock: this.#clock, meanUnits: { [SERVICE]: MEAN_ROOM_UNITS } });
    for (const host of facts) book.putHost(host);
    const router = new Router<SimHost>({
      clock: this.#clock,
      random: this.#ports.random.next,
      book,
      ask: ({ id }, _wish, units) => this.#ask(id, units),
      ...(lookUp === undefined ? {} : { lookUp }),
    });
    return { book, router };
  }

  #lookUp(id: string): Promise<LoadReport | undefined> {
    const host = this.#byId.get(id);
    if (host === undefined || !host.isAlive) return new Promise(() => {});
    const report = { host: id, atMs: this.#clock.now(), classes: { [SERVICE]: host.load() } };
    return Promise.resolve(report);
  }

  /** A host that is gone never answers. */
  #ask(id: string, units: number): ReturnType<RouterPorts<SimHost>['ask']> {
    const host = this.#byId.get(id);
    if (host === undefined || !host.isAlive) return new Promise(() => {});
    return Promise.resolve(host.grants(units) ? { kind: 'granted', voucher: host } : { kind: 'full' });
  }
}

function factsOf({ id }: SimHost, confirmedUnits: number): HostFacts {
  return {
    id,
    url: `https://${id}.example`,
    country: 'FR',
    languages: ['fr'],
    policies: [],
    version: '1.0.0',
    services: [SERVICE],
    knownSinceMs: -YEAR_MS,
    vouched: false,
    confirmedUnits: { [SERVICE]: confirmedUnits },
  };
}

export const ours: MakeRule = (ports) => new Ours(ports);
