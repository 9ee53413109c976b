/**
 * The bus over NATS: a subject for each document, so that only processes with a reader get its messages, and one for all. The client
 * library keeps the line: it connects again for ever and subscribes again, and after that everybody is told to look into the store.
 */
import type { Bytes } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import type { NatsConnection, NatsConnectionImpl, NodeConnectionOptions, Subscription } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator, PermissionViolationError } from '@nats-io/transport-node';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import { StartError } from '../start-error.ts';
import type { Bus, BusEvent } from './bus.ts';
import type { BusMessage } from './bus-codec.ts';
import { CHANGED, decodeBusMessage, encodeAnnouncement, encodeEvent, encodeMissed } from './bus-codec.ts';
import { confirmed, NatsOutbox, RETRY_MS } from './nats-outbox.ts';
import type { NatsServers } from './nats-servers.ts';
import { parseNatsServers } from './nats-servers.ts';

const CONNECT_MS = 5000;
const RECONNECT_MIN_MS = 100;
const RECONNECT_SPREAD_MS = 1900;
/** A line is cut when two pings in a row are not answered before the third: nobody else tells of a peer that vanished. */
const PING_MS = 3000;
const PINGS_UNANSWERED = 2;
const CLOSE_MS = 2000;

export interface NatsBusOptions {
  /** `nats://` or `tls://`, credentials included. */
  servers: readonly string[];
  /** What the subjects of this host begin with. */
  prefix: string;
  /** Of this process, 8 bytes. */
  processId: Bytes;
  random: (length: number) => Bytes;
  clock: Clock;
  log: Log;
  /** Between two looks whether the line still is one. */
  pingMs?: number;
}

/** Connected; rejects with StartError when none of the servers can be reached. */
export async function openNatsBus(options: NatsBusOptions): Promise<NatsBus> {
  const servers = parseNatsServers(options.servers);
  if (typeof servers === 'string') throw new StartError(`The setting bus is not right: ${servers}.`);
  const bus = new NatsBus(await connectLine(servers, options), options);
  await bus.start();
  return bus;
}

async function connectLine(servers: NatsServers, options: NatsBusOptions): Promise<NatsConnection> {
  try {
    return await connect(connectionOptions(servers, options));
  } catch (error) {
    const reason = (error as Error).message || 'no answer';
    throw new StartError(`NATS cannot be reached at ${servers.hosts.join(', ')}: ${reason}.`, { cause: error });
  }
}

function connectionOptions(servers: NatsServers, { random, pingMs }: NatsBusOptions): NodeConnectionOptions {
  const { nkeySeed, ...auth } = servers.auth;
  return {
    servers: servers.hosts,
    name: 'archipel',
    ...auth,
    ...(nkeySeed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)) }),
    ...(servers.isTls ? { tls: {} } : {}),
    noEcho: true,
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => RECONNECT_MIN_MS + (RECONNECT_SPREAD_MS * (random(1)[0] ?? 0)) / 256,
    pingInterval: pingMs ?? PING_MS,
    maxPingOut: PINGS_UNANSWERED,
  };
}

/** Who hears what is said on a subject. */
interface Reader {
  readonly subject: string;
  readonly hear: (message: BusMessage) => void;
  /** Undefined: NATS refused it, and is asked again. */
  subscription: Subscription | undefined;
}

export class NatsBus implements Bus {
  readonly isShared = true;
  readonly #line: NatsConnection;
  readonly #options: NatsBusOptions;
  readonly #outbox: NatsOutbox;
  readonly #readers = new Set<Reader>();
  readonly #listeners = new Set<(message: Bytes) => void>();
  readonly #all: string;
  /** NATS has not confirmed yet that these hear. */
  #starting: Reader[] = [];
  #isUp = true;
  #isClosing = false;
  /** Of subjects that NATS refuses, since it last took all. */
  #hasWarned = false;
  #ignored = 0;
  #retryTimer: Timer | undefined;

  constructor(line: NatsConnection, options: NatsBusOptions) {
    const { processId, clock, prefix } = options;
    this.#line = line;
    this.#options = options;
    this.#all = `${prefix}.all`;
    const missed = { subject: this.#all, message: encodeMissed(processId) };
    this.#outbox = new NatsOutbox({ line, clock, changed: encodeEvent(processId, { type: 'changed' }), missed });
    void this.#watch();
  }

  /** Resolves when it hears what others announce. */
  async start(): Promise<void> {
    this.#read(this.#all, (message) => this.#hearAll(message));
    await confirmed(this.#line);
  }

  /** Whether there is a line to NATS. */
  get isUp(): boolean {
    return this.#isUp;
  }

  publish(docId: Bytes, event: BusEvent): void {
    const isNews = event.type === 'records' || event.type === 'changed';
    this.#outbox.send(this.#subjectOf(docId), encodeEvent(this.#options.processId, event), isNews);
  }

  announce(message: Bytes): void {
    this.#outbox.send(this.#all, encodeAnnouncement(this.#options.processId, message), false);
  }

  subscribe(docId: Bytes, receive: (event: BusEvent) => void): () => void {
    return this.#read(this.#subjectOf(docId), (message) => {
      if (message.type === 'event') receive(message.event);
    });
  }

  listen(receive: (message: Bytes) => void): () => void {
    this.#listeners.add(receive);
    return () => void this.#listeners.delete(receive);
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#readers.clear();
    this.#listeners.clear();
    this.#outbox.stop();
    const { clock } = this.#options;
    clock.clearTimeout(this.#retryTimer);
    if (this.#isUp) {
      const late = new Promise<void>((resolve) => clock.setTimeout(resolve, CLOSE_MS));
      await Promise.race([confirmed(this.#line), late]);
    }
    this.#isUp = false;
    await this.#line.close();
  }

  #subjectOf({ buffer, byteOffset, length }: Bytes): string {
    const id = Buffer.from(buffer as ArrayBuffer, byteOffset, length).toString('base64url');
    return `${this.#options.prefix}.doc.${id}`;
  }

  #read(subject: string, hear: (message: BusMessage) => void): () => void {
    if (this.#isClosing) return () => undefined;
    const reader: Reader = { subject, hear, subscription: undefined };
    this.#readers.add(reader);
    this.#subscribe(reader);
    if (this.#starting.push(reader) === 1) setImmediate(() => void this.#start(this.#starting.splice(0)));
    return () => {
      if (this.#readers.delete(reader)) reader.subscription?.unsubscribe();
    };
  }

  #subscribe(reader: Reader): void {
    reader.subscription = this.#line.subscribe(reader.subject, {
      callback: (error, { data }) => {
        if (error === null) this.#hear(reader, data);
        else this.#refuse(reader);
      },
    });
  }

  /** What was said before NATS confirms a subscription may have been missed; the same after an outage. */
  async #start(readers: Reader[]): Promise<void> {
    // Otherwise the line was cut, and all are told when it is back.
    if (!(await confirmed(this.#line))) return;
    for (const reader of readers) this.#deliver(reader, CHANGED);
    if ([...this.#readers].every(({ subscription }) => subscription !== undefined)) this.#hasWarned = false;
  }

  #hear(reader: Reader, data: Uint8Array): void {
    // Without Buffer's own `slice` and `subarray`, which mean something else.
    const heard = decodeBusMessage(new Uint8Array(data.buffer, data.byteOffset, data.length));
    if (heard === undefined) {
      this.#ignored += 1;
      this.#options.log.debug({ ignored: this.#ignored }, 'a message on the bus was not understood');
    } else if (!equal(heard.process, this.#options.processId)) {
      // `noEcho` does not cover what an old line still held when its successor was there.
      this.#deliver(reader, heard.message);
    }
  }

  #deliver(reader: Reader, message: BusMessage): void {
    if (!this.#readers.has(reader) || reader.subscription === undefined) return;
    try {
      reader.hear(message);
    } catch (error) {
      // The library would hide it and stop reading: a bug ends the process as it does anywhere else.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #hearAll(message: BusMessage): void {
    if (message.type === 'announcement') for (const receive of this.#listeners) receive(message.body);
    if (message.type === 'missed') for (const reader of [...this.#readers]) this.#deliver(reader, CHANGED);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#line.status()) {
      if (status.type === 'staleConnection') this.#dropStale();
      else if (status.type === 'disconnect') this.#lineCut();
      else if (status.type === 'reconnect') this.#lineBack();
      else if (status.type === 'error') this.#complain(status.error);
    }
    if (!this.#isClosing) throw new Error('the NATS client has given up');
  }

  /** The library would first wait until the peer that does not answer has taken what was said before. */
  #dropStale(): void {
    const { transport } = (this.#line as NatsConnectionImpl).protocol;
    void transport.close(new Error('NATS does not answer'));
  }

  /** Told more than once of the same. */
  #lineCut(): void {
    if (!this.#isUp || this.#isClosing) return;
    this.#isUp = false;
    this.#outbox.lineCut();
    this.#options.log.warn({}, 'the line to NATS is cut; trying again');
  }

  #lineBack(): void {
    if (this.#isUp || this.#isClosing) return;
    this.#isUp = true;
    this.#options.log.info({}, 'the line to NATS is back');
    this.#outbox.lineBack();
    this.#subscribeRefused();
    void this.#start([...this.#readers]);
  }

  #complain(error: Error): void {
    const { log, prefix } = this.#options;
    const isDenied = error instanceof PermissionViolationError;
    if (isDenied && error.operation === 'publish') this.#outbox.refused(error.subject);
    if (isDenied && this.#hasWarned) return;
    this.#hasWarned ||= isDenied;
    if (isDenied)
      log.warn({ operation: error.operation }, `NATS refuses subjects that begin with ${prefix}; trying again`);
    else log.warn({ reason: error.message }, 'NATS complains');
  }

  #refuse(reader: Reader): void {
    reader.subscription = undefined;
    this.#retryTimer ??= this.#options.clock.setTimeout(() => {
      this.#retryTimer = undefined;
      if (this.#isUp) void this.#start(this.#subscribeRefused());
    }, RETRY_MS);
  }

  #subscribeRefused(): Reader[] {
    const refused = [...this.#readers].filter(({ subscription }) => subscription === undefined);
    for (const reader of refused) this.#subscribe(reader);
    return refused;
  }
}
