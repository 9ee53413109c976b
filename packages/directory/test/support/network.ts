import { seededRandom, VirtualClock } from '@archipel/testkit';
import {
  AddressBook,
  type ClassLoad,
  type HostFacts,
  type LookUp,
  Router,
  type VoucherAnswer,
  type Wish,
} from '../../src/index.ts';

export const SERVICE = 'log';
export const WISH: Wish = { service: SERVICE };
/** As the directory is told in these tests. */
export const MEAN_UNITS = 4;

export function factsOf(id: string, changes: Partial<HostFacts> = {}): HostFacts {
  return {
    id,
    url: `https://${id}.example`,
    country: 'FR',
    languages: ['fr'],
    policies: ['public'],
    version: '1.2.0',
    services: [SERVICE],
    knownSinceMs: 0,
    vouched: true,
    // Earned long ago: what a host may carry is what it declares, unless a test says otherwise.
    confirmedUnits: { [SERVICE]: 1_000_000 },
    ...changes,
  };
}

export function loadOf(changes: Partial<ClassLoad> = {}): ClassLoad {
  return { capacityUnits: 100, presentUnits: 0, committedUnits: 0, accepting: true, draining: false, ...changes };
}

/** A book, a router and virtual time; hosts answer what `answers` says, `granted` when it says nothing. */
export class TestNetwork {
  readonly clock = new VirtualClock();
  readonly book: AddressBook;
  readonly router: Router<string>;
  /** Hosts in the order in which they were asked. */
  readonly asked: string[] = [];
  readonly answers = new Map<string, Promise<VoucherAnswer<string>> | VoucherAnswer<string>>();
  readonly random: () => number;

  constructor(seed = 1, lookUp?: LookUp) {
    this.random = seededRandom(seed).next;
    this.book = new AddressBook({ clock: this.clock, meanUnits: { [SERVICE]: MEAN_UNITS } });
    this.router = new Router<string>({
      clock: this.clock,
      random: this.random,
      book: this.book,
      ask: async ({ id }) => {
        this.asked.push(id);
        return this.answers.get(id) ?? { kind: 'granted', voucher: `voucher of ${id}` };
      },
      ...(lookUp === undefined ? {} : { lookUp }),
    });
  }

  host(id: string, load: Partial<ClassLoad> = {}, facts: Partial<HostFacts> = {}): void {
    this.book.putHost(factsOf(id, facts));
    this.load(id, load);
  }

  load(id: string, load: Partial<ClassLoad> = {}, ageMs = 0): boolean {
    return this.book.putLoad({ host: id, atMs: this.clock.now() - ageMs, classes: { [SERVICE]: loadOf(load) } });
  }

  /** Places one session and says where it went, or why not. */
  async place(wish: Wish = WISH, ticket?: string): Promise<string> {
    const placement = await this.router.place(wish, { ticket });
    return placement.kind === 'placed' ? placement.host.id : placement.reason;
  }
}
