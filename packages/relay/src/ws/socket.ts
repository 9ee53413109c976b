/** A WebSocket as the relay's port sees it. Frames go to the TCP socket as they are, with the header built once for all readers. */
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { RelaySocket } from './ends.ts';
import type { RelayFrame } from './frame.ts';
import { FRAGMENT_BYTES, fragmentsOf, wireOf } from './frame.ts';

/** An empty ping (RFC 6455 §5.5.2). */
const PING = Uint8Array.of(0x89, 0x00);

/** One system call, and one packet, for what is written until all that can run now has run. */
export function gather(tcp: Writable): void {
  tcp.cork();
  process.nextTick(() => tcp.uncork());
}

export class WsSocket implements RelaySocket {
  readonly #ws: WebSocket;
  readonly #tcp: Socket;
  /** Fragments of long frames, and whatever must come after them. */
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** Something was heard since the last ping. */
  isAlive = true;
  #isPaused = false;

  /** Another host is at the other end, and nobody's browser. */
  readonly isOfPeer: boolean;

  constructor(ws: WebSocket, tcp: Socket, isOfPeer: boolean) {
    this.#ws = ws;
    this.#tcp = tcp;
    this.isOfPeer = isOfPeer;
  }

  send(frame: RelayFrame): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (frame.length <= FRAGMENT_BYTES && this.#queue.length === 0) {
      this.#tcp.write(wireOf(frame));
      return;
    }
    const pieces = frame.length <= FRAGMENT_BYTES ? [wireOf(frame)] : fragmentsOf(frame);
    for (const piece of pieces) {
      this.#queue.push(piece);
      this.#queuedBytes += piece.length;
    }
    this.#pump();
  }

  gather(): void {
    gather(this.#tcp);
  }

  bufferedBytes(): number {
    return this.#tcp.writableLength + this.#queuedBytes;
  }

  /** The TCP socket took everything: true when nothing waits here either. */
  drained(): boolean {
    this.#pump();
    return this.#queue.length === 0;
  }

  #pump(): void {
    let count = 0;
    this.#tcp.cork();
    while (count < this.#queue.length && this.#tcp.writableLength <= FRAGMENT_BYTES) {
      const piece = this.#queue[count++] as Uint8Array;
      this.#queuedBytes -= piece.length;
      this.#tcp.write(piece);
    }
    this.#tcp.uncork();
    if (count > 0) this.#queue = this.#queue.slice(count);
  }

  /** Nothing is read any more; what was read already may still be heard. */
  pause(): void {
    this.#isPaused = true;
    this.#ws.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.isAlive = true;
    this.#ws.resume();
  }

  /** What was sent goes out first; the WebSocket library cuts the line when the peer does not take it in time. */
  close(code: number): void {
    for (const piece of this.#queue) this.#tcp.write(piece);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.resume();
    this.#ws.close(code);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  /** Drops a peer that did not answer the last ping, else pings it unless it was heard anyway or cannot be. */
  checkAlive(): void {
    if (this.#isPaused) return;
    if (!this.isAlive) return this.#ws.terminate();
    this.isAlive = false;
    if (this.#ws.readyState === this.#ws.OPEN) this.#tcp.write(PING);
  }
}
