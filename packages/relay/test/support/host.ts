/** Several relay processes over one disk in virtual time, with a bus on which each test decides what arrives, and bare clients. */
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import type { Bytes, ClientMessage, Opened, RelayMessage, RelayMessageType, Role, Verify } from '@archipel/protocol';
import { decodeRelayFrame, encodeFrame } from '@archipel/protocol';
import { CrashableStore, Disk, VirtualClock } from '@archipel/testkit/host';
import { expect } from 'vitest';
import type { AppendEntry, Bus, BusEvent, Limits, Relay, RelayConnection, Store } from '../../src/index.ts';
import { createRelay, makeConfig, RelayMetrics, random, sha256, silentLog } from '../../src/index.ts';
import type { Author, TestSession } from './author.ts';
import type { OpenOptions } from './client.ts';

const AUDIENCE = 'relay.example';
const COMMIT_MS = 2;
const PATIENCE_MS = 10_000;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** In this turn: no thread decides an order. */
export const verifyAtOnce: Verify = async (key, message, signature) => {
  const spki = Buffer.concat([SPKI_PREFIX, key]);
  return verifySignature(null, message, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
};

type Receive = (event: BusEvent) => void;
const keyOf = (docId: Bytes): string => Buffer.from(docId).toString('hex');

/** What one process says and hears; `lines` are those of all. */
export class HandBus implements Bus {
  readonly isShared = true;
  readonly #lines: Set<HandBus>;
  readonly #clock: VirtualClock;
  readonly #subscribers = new Map<string, Receive>();
  /** What this process said. */
  readonly said: BusEvent[] = [];
  /** Whether what others say arrives here; those who keep it may let it arrive later by `arrive`. */
  lets: (event: BusEvent) => boolean = () => true;
  /** What did not arrive. */
  readonly kept: { key: string; event: BusEvent }[] = [];

  constructor(lines: Set<HandBus>, clock: VirtualClock) {
    this.#lines = lines;
    this.#clock = clock;
    lines.add(this);
  }

  publish(docId: Bytes, event: BusEvent): void {
    if (!this.#lines.has(this)) return;
    this.said.push(event);
    for (const other of this.#lines) if (other !== this) this.#clock.setTimeout(() => other.#come(docId, event), 1);
  }

  #come(docId: Bytes, event: BusEvent): void {
    const key = keyOf(docId);
    if (this.lets(event)) this.#subscribers.get(key)?.(event);
    else this.kept.push({ key, event });
  }

  /** Something that was kept arrives after all. */
  arrive(index: number): void {
    const [late] = this.kept.slice(index, index + 1);
    if (late !== undefined) this.#subscribers.get(late.key)?.(late.event);
  }

  /** As after an outage. */
  tellAll(): void {
    for (const receive of this.#subscribers.values()) receive({ type: 'changed' });
  }

  subscribe(docId: Bytes, receive: Receive): () => void {
    const key = keyOf(docId);
    this.#subscribers.set(key, receive);
    this.#clock.setTimeout(() => this.#subscribers.get(key)?.({ type: 'changed' }), 1);
    return () => this.#subscribers.delete(key);
  }

  announce(): void {}

  listen(): () => void {
    return () => undefined;
  }

  async close(): Promise<void> {
    this.#lines.delete(this);
  }
}

/** Counts what a store is asked, and lets a test look at an answer before the relay gets it. */
export interface Asked {
  loads: number;
  reads: number;
  /** Documents per question. */
  heads: number[];
  /** Waited for before the store is asked so; appends wait in order. */
  gate: (name: keyof Store) => Promise<unknown> | undefined;
  /** Waited for before the relay hears what the store answered. */
  late: (name: keyof Store) => Promise<unknown> | undefined;
  /** Appends whose answer the relay does not hear before `answer` is called. */
  keepsAnswers: boolean;
  answer: () => void;
}

export interface HostProcess {
  relay: Relay;
  bus: HandBus;
  store: CrashableStore;
  asked: Asked;
  clients: HostClient[];
  /** `kill -9`: its clients find their lines broken. */
  crash(): void;
}

export class Host {
  readonly clock = new VirtualClock();
  readonly disk = new Disk('shared');
  readonly #lines = new Set<HandBus>();
  readonly #limits: Partial<Limits>;
  /** How long the store takes for each half of anything. */
  commitMs = COMMIT_MS;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = limits;
  }

  get seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  pass(ms = 100): Promise<void> {
    return this.clock.advance(ms);
  }

  /** `limits` of this process alone. */
  start(limits: Partial<Limits> = {}): HostProcess {
    const { clock, disk } = this;
    let isAlive = true;
    const store = new CrashableStore(disk, (run) => clock.setTimeout(run, this.commitMs));
    const bus = new HandBus(this.#lines, clock);
    const asked = newAsked();
    const clients: HostClient[] = [];
    const relay = createRelay({
      store: counted(store, asked),
      bus,
      config: makeConfig({ names: [AUDIENCE], limits: { ...this.#limits, ...limits } }),
      clock: { ...clock, setTimeout: (run, ms) => clock.setTimeout(() => isAlive && run(), ms), now: clock.now },
      random,
      processId: random(8),
      log: silentLog,
      verify: verifyAtOnce,
      sha256,
      metrics: new RelayMetrics(),
    });
    const crash = (): void => {
      isAlive = false;
      store.crash();
      void bus.close();
      for (const client of clients) client.isBroken = true;
    };
    return { relay, bus, store, asked, clients, crash };
  }

  /** Greeted. */
  connect({ relay, clients }: HostProcess): HostClient {
    const client = new HostClient(this, relay);
    clients.push(client);
    return client;
  }
}

function newAsked(): Asked {
  return {
    loads: 0,
    reads: 0,
    heads: [],
    gate: () => undefined,
    late: () => undefined,
    keepsAnswers: false,
    answer: () => undefined,
  };
}

function counted(store: CrashableStore, asked: Asked): Store {
  const answers: (() => void)[] = [];
  asked.answer = () => {
    asked.keepsAnswers = false;
    for (const answer of answers.splice(0)) answer();
  };
  const forward = (entry: AppendEntry): void => {
    const settle: AppendEntry['settle'] = (outcome) => {
      if (asked.keepsAnswers) answers.push(() => entry.settle(outcome));
      else entry.settle(outcome);
    };
    // The version is asked for when it is written.
    store.append(new Proxy(entry, { get: (of, name) => (name === 'settle' ? settle : Reflect.get(of, name, of)) }));
  };
  let appending: Promise<unknown> | undefined;
  const append = (entry: AppendEntry): void => {
    appending = appending ?? asked.gate('append');
    if (appending === undefined) forward(entry);
    else {
      appending = appending.then(() => forward(entry));
      const last = appending;
      void appending.then(() => {
        if (appending === last) appending = undefined;
      });
    }
  };
  return new Proxy<Store>(store, {
    get: (target, name: keyof Store) => {
      const value = target[name] as (...args: unknown[]) => unknown;
      if (name === 'append') return append;
      return async (...args: unknown[]) => {
        if (name === 'load') asked.loads += 1;
        if (name === 'read') asked.reads += 1;
        if (name === 'heads') asked.heads.push((args[0] as unknown[]).length);
        const gate = asked.gate(name);
        if (gate !== undefined) await gate;
        const answer = await value.apply(target, args);
        const late = asked.late(name);
        if (late !== undefined) await late;
        return answer;
      };
    },
  });
}

type Of<T extends RelayMessageType> = Extract<RelayMessage, { type: T }>;

export class HostClient {
  readonly received: RelayMessage[] = [];
  readonly #host: Host;
  readonly #connection: RelayConnection;
  #requests = 0;
  #nonce: Bytes;
  bufferedBytes = 0;
  isBroken = false;

  constructor(host: Host, relay: Relay) {
    this.#host = host;
    const send = (frame: Uint8Array): void => {
      const decoded = decodeRelayFrame(new Uint8Array(frame));
      if (!decoded.ok) throw new Error(decoded.error);
      this.received.push(...decoded.value.messages);
    };
    const close = (): void => void this.close();
    const socket = { send, close, bufferedBytes: () => this.bufferedBytes, pause() {}, resume() {} };
    this.#connection = relay.connect(socket, { address: '192.0.2.1', audience: AUDIENCE });
    this.#nonce = this.of('welcome')[0]?.nonce as Bytes;
  }

  close(): void {
    this.#connection.closed();
  }

  /** It takes again what it left lying. */
  drain(): void {
    this.bufferedBytes = 0;
    this.#connection.drained();
  }

  send(channel: number, ...messages: ClientMessage[]): void {
    this.#connection.receive(encodeFrame(channel, messages));
  }

  append(channel: number, ...records: Bytes[]): void {
    for (const record of records) this.send(channel, { type: 'append', record });
  }

  of<T extends RelayMessageType>(type: T): Of<T>[] {
    return this.received.filter((message) => message.type === type) as Of<T>[];
  }

  records(): Bytes[] {
    return this.of('records').flatMap(({ records }) => records);
  }

  /** The first of these that came or comes; it is taken away. */
  async next<T extends RelayMessageType>(...types: T[]): Promise<Of<T>> {
    for (let waited = 0; ; waited += 1) {
      const index = this.received.findIndex(({ type }) => types.includes(type as T));
      if (index >= 0) return this.received.splice(index, 1)[0] as Of<T>;
      if (waited > PATIENCE_MS) expect.fail(`no ${types.join(' or ')} came: ${this.received.map(({ type }) => type)}`);
      await this.#host.pass(1);
    }
  }

  /** Waits until the session is acknowledged as far as it goes. */
  async saved({ n }: TestSession): Promise<void> {
    while ((await this.next('ack')).have < n);
  }

  async create(author: Author): Promise<void> {
    this.send(0, { type: 'create', request: ++this.#requests, header: author.headerBytes });
    await this.next('created');
  }

  askOpen(author: Author, role: Role, { vector = [], checkpointSeq = 0 }: OpenOptions = {}): void {
    const proof = author.prove(this.#nonce, role, AUDIENCE);
    const { docId } = author;
    this.send(0, { type: 'open', request: ++this.#requests, docId, role, proof, checkpointSeq, vector });
  }

  /** Opened and caught up. */
  async open(author: Author, role: Role, options: OpenOptions = {}): Promise<Opened> {
    this.askOpen(author, role, options);
    const opened = await this.next('opened');
    await this.next('caughtUp');
    return opened;
  }
}
