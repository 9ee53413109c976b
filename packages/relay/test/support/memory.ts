/** A relay without processes and sockets: for what real ones cannot be made to do at will. */
import type { Bytes, ClientMessage, RelayMessage, RelayMessageType } from '@archipel/protocol';
import { decodeRelayFrame, encodeFrame } from '@archipel/protocol';
import { expect, onTestFinished } from 'vitest';
import type { Bus, Relay, RelayConnection, Store } from '../../src/index.ts';
import {
  createLocalBus,
  createRelay,
  makeConfig,
  openSqliteStore,
  RelayMetrics,
  random,
  sha256,
  silentLog,
  systemClock,
  verify,
} from '../../src/index.ts';
import type { Author } from './author.ts';
import { makeFolder } from './relay.ts';

const AUDIENCE = 'relay.example';

export async function openStore(): Promise<Store> {
  const store = await openSqliteStore({
    folder: makeFolder(),
    maxBytes: 0,
    minFreeBytes: 0,
    tombstoneDays: 1,
    commitIntervalMs: 5,
    clock: systemClock,
    log: silentLog,
  });
  onTestFinished(() => store.close());
  return store;
}

export function relayOn(store: Store, bus: Bus = createLocalBus()): Relay {
  const relay = createRelay({
    store,
    bus,
    config: makeConfig({ names: [AUDIENCE] }),
    clock: systemClock,
    random,
    processId: random(8),
    log: silentLog,
    verify,
    sha256,
    metrics: new RelayMetrics(),
  });
  onTestFinished(() => relay.stop());
  return relay;
}

export class MemoryClient {
  readonly received: RelayMessage[] = [];
  #connection: RelayConnection | undefined;

  constructor(relay: Relay) {
    const send = (frame: Uint8Array): void => {
      const decoded = decodeRelayFrame(new Uint8Array(frame));
      if (!decoded.ok) throw new Error(decoded.error);
      this.received.push(...decoded.value.messages);
    };
    const ignore = (): void => undefined;
    const close = (): void => this.#connection?.closed();
    const socket = { send, close, bufferedBytes: () => 0, pause: ignore, resume: ignore };
    this.#connection = relay.connect(socket, { address: '192.0.2.1', audience: AUDIENCE });
  }

  send(channel: number, ...messages: ClientMessage[]): void {
    this.#connection?.receive(encodeFrame(channel, messages));
  }

  of<T extends RelayMessageType>(type: T): Extract<RelayMessage, { type: T }>[] {
    return this.received.filter((message) => message.type === type) as Extract<RelayMessage, { type: T }>[];
  }

  /** Waits until that many messages of the type came; the last of them. */
  async next<T extends RelayMessageType>(type: T, count = 1): Promise<Extract<RelayMessage, { type: T }>> {
    await expect.poll(() => this.of(type).length, { timeout: 5000 }).toBeGreaterThanOrEqual(count);
    return this.of(type).at(-1) as Extract<RelayMessage, { type: T }>;
  }

  records(): Bytes[] {
    return this.of('records').flatMap(({ records }) => records);
  }

  async open(author: Author, role: 'edit' | 'view'): Promise<number> {
    const { nonce } = await this.next('welcome');
    const proof = author.prove(nonce, role, AUDIENCE);
    this.send(0, { type: 'open', request: 1, docId: author.docId, role, proof, checkpointSeq: 0, vector: [] });
    const { channel } = await this.next('opened');
    await this.next('caughtUp');
    return channel;
  }
}
