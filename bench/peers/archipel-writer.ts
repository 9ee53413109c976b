import {
  type Bytes,
  type ClientMessage,
  type Dep,
  equal,
  LIVE_UPDATE,
  NO_PREVIOUS,
  type RecordPlace,
  recordHash,
} from '@archipel/protocol';
import { type Keys, makeSession, type Session, type Suite } from '@archipel/protocol/secret';
import { mergeUpdates } from 'yjs';
import { remember } from './archipel-line.ts';

/** The client's two lanes (packages/client, timing.ts): a live message at most every 40 ms, a record after 1 s. */
export const LIVE_EVERY_MS = 40;
export const SEAL_AFTER_MS = 1000;
const SEAL_BYTES = 64 * 1024;
const DEP_SESSION_BYTES = 8;
const MAX_DEPS = 32;
export const SESSION_BYTES = 16;

export interface WriterPorts {
  suite: Suite;
  keys: Keys;
  /** Number of the writer in the load. */
  writer: number;
  send(message: ClientMessage): void;
  /** The first `count` updates are on the relay's disk. */
  durable(count: number): void;
}

/** Updates that leave together, and the number of the first. */
class Batch {
  readonly from: number;
  updates: Bytes[] = [];
  bytes = 0;

  constructor(from: number) {
    this.from = from;
  }

  get to(): number {
    return this.from + this.updates.length;
  }

  add(update: Bytes): void {
    this.updates.push(update);
    this.bytes += update.length;
  }

  merged(): Bytes {
    return (this.updates.length === 1 ? this.updates[0] : mergeUpdates(this.updates)) as Bytes;
  }
}

/** Seals and signs as the client does, with the client's timing; it keeps no outbox on disk and reads nobody else's edits. */
export class ArchipelWriter {
  readonly #ports: WriterPorts;
  readonly #session: Session;
  #live = new Batch(0);
  #unsealed = new Batch(0);
  #liveTimer: NodeJS.Timeout | undefined;
  #sealTimer: NodeJS.Timeout | undefined;
  #liveCount = 0;
  #records: Promise<void> = Promise.resolve();
  #lives: Promise<void> = Promise.resolve();
  #previous: Bytes = NO_PREVIOUS;
  /** How many updates the records 0 to n bring. */
  readonly #covered: number[] = [];
  #acknowledged = 0;
  readonly #heads = new Map<string, Dep>();
  #settled: (() => void) | undefined;
  company = false;

  constructor(ports: WriterPorts) {
    this.#ports = ports;
    this.#session = makeSession(ports.suite, ports.keys, ports.keys.gen ?? 0, ports.suite.random(SESSION_BYTES));
  }

  add(update: Bytes): void {
    this.#unsealed.add(update);
    this.#live.add(update);
    if (!this.company) this.#live = new Batch(this.#live.to);
    else if (this.#liveTimer === undefined) this.#sendLive();
    if (this.#unsealed.bytes >= SEAL_BYTES) this.seal();
    else this.#sealTimer ??= setTimeout(() => this.seal(), SEAL_AFTER_MS);
  }

  /** Records of others that have arrived: the next record names their heads (REC-6). */
  saw(places: readonly RecordPlace[]): void {
    for (const { session, n } of places) {
      const short = session.slice(0, DEP_SESSION_BYTES);
      this.#heads.set(Buffer.from(short).toString('hex'), { session: short, n });
    }
  }

  acknowledge(session: Bytes, have: number): void {
    if (!equal(session, this.#session.session)) return;
    this.#acknowledged = Math.max(this.#acknowledged, this.#covered[have - 1] ?? 0);
    this.#ports.durable(this.#acknowledged);
    if (this.#acknowledged >= this.#unsealed.to) this.#settled?.();
  }

  /** Makes a record of all that is in none yet. */
  seal(): void {
    clearTimeout(this.#sealTimer);
    this.#sealTimer = undefined;
    const batch = this.#unsealed;
    if (batch.updates.length === 0) return;
    this.#unsealed = new Batch(batch.to);
    this.#records = this.#records.then(() => this.#append(batch));
  }

  /** Resolves when everything is acknowledged. */
  async settled(): Promise<void> {
    this.seal();
    if (this.#acknowledged >= this.#unsealed.to) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
  }

  #sendLive(): void {
    const batch = this.#live;
    this.#live = new Batch(batch.to);
    if (batch.updates.length > 0) {
      const count = this.#liveCount++;
      this.#lives = this.#lives.then(async () => {
        const live = await this.#session.sealLive({ count, type: LIVE_UPDATE, plaintext: batch.merged() });
        remember(live, this.#keysOf(batch));
        this.#ports.send({ type: 'live', live });
      });
    }
    const more = batch.updates.length > 0;
    this.#liveTimer = more ? setTimeout(() => this.#sendLive(), LIVE_EVERY_MS) : undefined;
  }

  async #append(batch: Batch): Promise<void> {
    const n = this.#covered.length;
    this.#covered.push(batch.to);
    const deps = [...this.#heads.values()].sort((a, b) => Buffer.compare(a.session, b.session)).slice(0, MAX_DEPS);
    this.#heads.clear();
    const record = await this.#session.sealRecord({ n, previous: this.#previous, deps, plaintext: batch.merged() });
    this.#previous = recordHash(this.#ports.keys.docId, this.#previous, record);
    remember(record, this.#keysOf(batch));
    this.#ports.send({ type: 'append', record });
  }

  #keysOf({ from, to }: Batch) {
    return { writer: this.#ports.writer, from, to };
  }
}
