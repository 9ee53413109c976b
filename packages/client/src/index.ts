/** The client of arc1, for browsers and Node 24: see docs/client.md. */
import type { Suite } from '@archipel/protocol/secret';
import { webSuite } from '@archipel/protocol/secret';
import { Client } from './client.ts';
import { browserHints, platformLocks, webSocket } from './defaults.ts';
import type { Clock, Hints, Locks, OpenSocket, Random } from './ports.ts';
import { memoryStorage } from './storage/memory.ts';
import type { Storage } from './storage.ts';
import { systemClock } from './system-clock.ts';
import type { Timing } from './timing.ts';
import { TIMING } from './timing.ts';

export type { Capability } from '@archipel/protocol/secret';
export { Client, type CreateOptions, type OpenOptions } from './client.ts';
export { webSocket } from './defaults.ts';
export { Document } from './document.ts';
export type { DocumentEvents, DocumentState } from './document-types.ts';
export { ClientError, type Report } from './errors.ts';
export type { Evidence } from './evidence.ts';
export type { HistoryStep } from './history.ts';
export type { PastPage } from './history-cache.ts';
export { memoryLocks, webLocks } from './locks.ts';
export type { Clock, Hints, Locks, OpenSocket, Random, SocketLike, Timer } from './ports.ts';
export { type HostPlace, hintOfOrigin } from './relay-address.ts';
export { indexedDbStorage } from './storage/indexeddb.ts';
export { memoryStorage } from './storage/memory.ts';
export type { Storage, StoredEntry } from './storage.ts';
export { systemClock } from './system-clock.ts';
export { TIMING, type Timing } from './timing.ts';
export type { RelayState } from './whereabouts.ts';
export { REMOTE_ORIGINS } from './yjs-document.ts';

/** Everything has a default; a browser passes `indexedDbStorage()`, a program under Node `fileStorage(folder)` of `./node`. */
export interface ClientOptions {
  /** Outbox, cache and head memory; by default in memory: gone with the program. */
  storage?: Storage;
  suite?: Suite;
  socket?: OpenSocket;
  clock?: Clock;
  random?: Random;
  locks?: Locks;
  hints?: Hints;
  timing?: Partial<Timing>;
}

export function createClient(options: ClientOptions = {}): Client {
  const hints = options.hints ?? browserHints();
  return new Client({
    storage: options.storage ?? memoryStorage(),
    suite: options.suite ?? webSuite,
    openSocket: options.socket ?? webSocket,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    locks: options.locks ?? platformLocks(),
    timing: { ...TIMING, ...options.timing },
    ...(hints && { hints }),
  });
}
