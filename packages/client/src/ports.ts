/** What a client is given from outside: time, chance, sockets, locks, hints. Nothing below `createClient` reads a global. */
import type { Bytes } from '@archipel/protocol';

export type Timer = unknown;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** A float in [0, 1): for jitter only, never for secrets (those come from the suite). */
export type Random = () => number;

/**
 * One WebSocket, or what stands for it in a simulation. The relay speaks first, so opening needs no event of its own.
 * `onclose` is called once, also when connecting fails; after `close()` it may be called or not.
 */
export interface SocketLike {
  send(frame: Bytes): void;
  close(): void;
  onmessage: ((frame: Bytes) => void) | null;
  onclose: (() => void) | null;
}

export type OpenSocket = (url: string) => SocketLike;

/** Calls back when it is worth trying again at once: the browser is online again, the tab is visible again. */
export interface Hints {
  subscribe(listener: () => void): () => void;
}

/** Exclusive locks between programs that share a storage; a lock ends with the program that holds it. */
export interface Locks {
  /** The release, or undefined when another program holds this name. */
  acquire(name: string): Promise<(() => void) | undefined>;
}
