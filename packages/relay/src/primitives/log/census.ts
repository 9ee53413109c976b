/**
 * How many connections a document has at all processes: each tells its own number when it changes and once in a while. One that is not
 * heard for long is gone.
 */
import type { Bytes } from '@archipel/protocol';
import type { BusEvent } from '../../bus/bus.ts';
import type { Timer } from '../../clock.ts';
import { keyOf } from './chain.ts';
import type { LogContext } from './context.ts';
import type { Document } from './document.ts';

/** Changes within this time are told together. */
const GATHER_MS = 50;
const RESTATE_MS = 15_000;
const SILENCE_MS = 40_000;

type PeersEvent = Extract<BusEvent, { type: 'peers' }>;

interface Count {
  /** At other processes, by process. */
  elsewhere: Map<string, { connections: number; heardMs: number }>;
  /** What was told last, and when. */
  told: number;
  toldMs: number;
  /** The others were asked for their numbers. */
  hasAsked: boolean;
  timer: Timer | undefined;
}

export class Census {
  readonly #context: LogContext;
  readonly #counts = new Map<Document, Count>();

  constructor(context: LogContext) {
    this.#context = context;
  }

  /** The number of connections here changed. */
  changed(document: Document): void {
    if (this.#context.bus.isShared) this.#tellSoon(document, this.#countOf(document));
  }

  hear(document: Document, { process, connections, asks }: PeersEvent): void {
    const count = this.#countOf(document);
    const key = keyOf(process as Bytes);
    if (connections > 0) count.elsewhere.set(key, { connections, heardMs: this.#context.clock.now() });
    else count.elsewhere.delete(key);
    this.#sum(document, count);
    if (asks && document.readers.length > 0) this.#tellSoon(document, count);
  }

  /** Once in a while: restates what is so, forgets who is silent. */
  tick(): void {
    const now = this.#context.clock.now();
    for (const [document, count] of this.#counts) {
      for (const [key, { heardMs }] of count.elsewhere) {
        if (now - heardMs >= SILENCE_MS) count.elsewhere.delete(key);
      }
      this.#sum(document, count);
      if (document.readers.length > 0 && now - count.toldMs >= RESTATE_MS) this.#tell(document, count);
    }
  }

  /** The document leaves the memory, or this process stops. */
  drop(document: Document): void {
    const count = this.#counts.get(document);
    if (count === undefined) return;
    this.#counts.delete(document);
    this.#context.clock.clearTimeout(count.timer);
    if (count.told > 0) this.#publish(document, 0, false);
  }

  #countOf(document: Document): Count {
    const known = this.#counts.get(document);
    if (known !== undefined) return known;
    const count: Count = { elsewhere: new Map(), told: 0, toldMs: 0, hasAsked: false, timer: undefined };
    this.#counts.set(document, count);
    return count;
  }

  #sum(document: Document, count: Count): void {
    let elsewhere = 0;
    for (const { connections } of count.elsewhere.values()) elsewhere += connections;
    if (elsewhere === document.outbox.elsewhere) return;
    document.outbox.elsewhere = elsewhere;
    if (document.readers.length > 0) document.outbox.addPeers();
  }

  #tellSoon(document: Document, count: Count): void {
    count.timer ??= this.#context.clock.setTimeout(() => {
      count.timer = undefined;
      this.#tell(document, count);
    }, GATHER_MS);
  }

  #tell(document: Document, count: Count): void {
    count.told = document.readers.length;
    count.toldMs = this.#context.clock.now();
    this.#publish(document, count.told, !count.hasAsked);
    count.hasAsked = true;
  }

  #publish(document: Document, connections: number, asks: boolean): void {
    const { bus, processId } = this.#context;
    bus.publish(document.docId, { type: 'peers', process: processId, connections, asks });
  }
}
