import { type Bytes, toHex } from '@archipel/protocol';
import type { Bus, BusEvent } from '@archipel/relay';
import type { VirtualClock } from './clock.ts';
import type { SeededRandom } from './random.ts';

/** How bad the bus is; probabilities are per message and receiver. */
export interface BusWeather {
  minDelayMs: number;
  maxDelayMs: number;
  lose: number;
  /** It arrives twice. */
  repeat: number;
  /** Later ones may overtake it. */
  reorder: number;
}

export const CALM_BUS: BusWeather = { minDelayMs: 0, maxDelayMs: 3, lose: 0, repeat: 0, reorder: 0 };

type Receive<T> = (message: T) => void;

/** What lies between the processes of one host: keeps messages from getting back to who sent them, and whatever the weather says. */
export class BusLines {
  weather: BusWeather;
  readonly clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #members = new Set<SimulatedBus>();
  /** When the last ordered message from one to another arrives, in ms. */
  readonly #last = new Map<SimulatedBus, Map<SimulatedBus, number>>();

  constructor(clock: VirtualClock, random: SeededRandom, weather: BusWeather = CALM_BUS) {
    this.clock = clock;
    this.#random = random;
    this.weather = weather;
  }

  /** The bus of a new process. */
  join(): SimulatedBus {
    const bus = new SimulatedBus(this);
    this.#members.add(bus);
    return bus;
  }

  leave(bus: SimulatedBus): void {
    this.#members.delete(bus);
    this.#last.delete(bus);
  }

  /** `deliver` happens at each other member at its time, when both lines hold until then. */
  send(from: SimulatedBus, deliver: (to: SimulatedBus) => void): void {
    for (const to of this.#members) {
      if (to === from || this.#random.chance(this.weather.lose)) continue;
      const delayMs = this.#delayTo(from, to);
      const arrive = (): void => {
        if (this.#members.has(to) && !to.isCut && !from.isCut) deliver(to);
      };
      this.clock.setTimeout(arrive, delayMs);
      if (this.#random.chance(this.weather.repeat)) this.clock.setTimeout(arrive, delayMs + this.delay());
    }
  }

  delay(): number {
    const { minDelayMs, maxDelayMs } = this.weather;
    return minDelayMs + this.#random.below(maxDelayMs - minDelayMs + 1);
  }

  #delayTo(from: SimulatedBus, to: SimulatedBus): number {
    const now = this.clock.now();
    const earliest = now + this.delay();
    if (this.#random.chance(this.weather.reorder)) return earliest + this.delay() - now;
    const lines = this.#last.get(from) ?? new Map<SimulatedBus, number>();
    this.#last.set(from, lines);
    const at = Math.max(earliest, lines.get(to) ?? 0);
    lines.set(to, at);
    return at - now;
  }
}

/** The bus as one process sees it. */
export class SimulatedBus implements Bus {
  readonly isShared = true;
  readonly #lines: BusLines;
  readonly #subscribers = new Map<string, Set<Receive<BusEvent>>>();
  readonly #listeners = new Set<Receive<Bytes>>();
  /** Documents of which something could not be said. */
  readonly #unsaid = new Map<string, Bytes>();
  #isClosed = false;
  /** It has no line to the others. */
  isCut = false;

  constructor(lines: BusLines) {
    this.#lines = lines;
  }

  publish(docId: Bytes, event: BusEvent): void {
    const key = toHex(docId);
    const sent = copyOf(event);
    const isNews = event.type === 'records' || event.type === 'changed';
    if (this.isCut && isNews) this.#unsaid.set(key, docId.slice());
    if (!this.isCut && !this.#isClosed) this.#lines.send(this, (to) => to.#hear(key, copyOf(sent)));
  }

  /** Heard from a while later on, as when a server has to be told first. */
  subscribe(docId: Bytes, receive: Receive<BusEvent>): () => void {
    const key = toHex(docId);
    const subscribers = this.#subscribers.get(key) ?? new Set();
    this.#subscribers.set(key, subscribers);
    let isWanted = !this.#isClosed;
    const begin = (): void => {
      if (!isWanted) return;
      subscribers.add(receive);
      if (!this.isCut) receive({ type: 'changed' });
    };
    this.#lines.clock.setTimeout(begin, this.#lines.delay());
    return () => {
      isWanted = false;
      subscribers.delete(receive);
    };
  }

  announce(message: Bytes): void {
    const sent = message.slice();
    if (!this.isCut && !this.#isClosed) this.#lines.send(this, (to) => to.#hearAll(sent.slice()));
  }

  listen(receive: Receive<Bytes>): () => void {
    this.#listeners.add(receive);
    return () => void this.#listeners.delete(receive);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscribers.clear();
    this.#listeners.clear();
    this.#lines.leave(this);
  }

  cut(): void {
    this.isCut = true;
  }

  /** The line is back: something may have been missed, here and there. */
  mend(): void {
    if (!this.isCut || this.#isClosed) return;
    this.isCut = false;
    for (const docId of this.#unsaid.values()) this.publish(docId, { type: 'changed' });
    this.#unsaid.clear();
    for (const key of this.#subscribers.keys()) {
      this.#lines.clock.setTimeout(() => this.#hear(key, { type: 'changed' }), this.#lines.delay());
    }
  }

  #hear(key: string, event: BusEvent): void {
    for (const receive of [...(this.#subscribers.get(key) ?? [])]) receive(event);
  }

  #hearAll(message: Bytes): void {
    for (const receive of [...this.#listeners]) receive(message);
  }
}

/** As after its way over a line: nobody shares memory with who sent it. */
function copyOf(event: BusEvent): BusEvent {
  switch (event.type) {
    case 'live':
      return { ...event, body: event.body.slice() };
    case 'records':
      return { ...event, records: event.records.map(({ position, body }) => ({ position, body: body.slice() })) };
    case 'peers':
      return { ...event, process: event.process.slice() };
    case 'changed':
      return { ...event };
  }
}
