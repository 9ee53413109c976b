/** A relay without its sockets: whoever has one hands it over. Everything it depends on comes in one argument. */
import { encodeFrame } from '@archipel/protocol';
import { recountHistory } from './primitives/log/checkpoint.ts';
import type { LogContext, RelayDeps } from './primitives/log/context.ts';
import { expire } from './primitives/log/lifecycle.ts';
import { makeContext } from './primitives/log/make-context.ts';
import type { ConnectionInfo, RelayConnection, RelaySocket } from './ws/connection.ts';
import { Connection } from './ws/connection.ts';
import { prefixOf } from './ws/visitors.ts';
import type { SharedVisitors } from './ws/visitors-share.ts';
import { createVisitors } from './ws/visitors-share.ts';

const TICK_MS = 1000;
const STOP_RETRY_MIN_MS = 1000;
const STOP_RETRY_SPREAD_MS = 4000;
/** Of a process among others: they take its people at once. */
const HANDOVER_RETRY_MIN_MS = 50;
const HANDOVER_RETRY_SPREAD_MS = 450;
const FULL_RETRY_MS = 30_000;
const CLOSE_TRY_LATER = 1013;

export interface Relay {
  /** Greets a new socket. The caller then reports what happens to it. */
  connect(socket: RelaySocket, info: ConnectionInfo): RelayConnection;
  /** CON-8; the store stays open. */
  stop(): Promise<void>;
}

const REFUSED: RelayConnection = { receive() {}, drained() {}, closed() {} };

class RelayCore implements Relay {
  readonly #context: LogContext;
  readonly #shared: SharedVisitors;
  readonly #connections = new Set<Connection>();
  #nextSweepMs: number;
  #sweeping = false;
  #whenSettled: (() => void) | undefined;

  constructor(deps: RelayDeps) {
    this.#context = makeContext(deps, () => this.#settled());
    this.#shared = createVisitors(deps);
    this.#nextSweepMs = deps.clock.now();
    this.#armTick();
  }

  connect(socket: RelaySocket, info: ConnectionInfo): RelayConnection {
    const { metrics } = this.#context;
    const prefix = prefixOf(info.address);
    const isStopped = this.#context.isStopped;
    if (isStopped || !this.#shared.visitors.enter(prefix)) return this.#turnAway(socket, isStopped);
    const connection = new Connection(socket, {
      context: this.#context,
      visitors: this.#shared.visitors,
      prefix,
      info,
      onClosed: (closed) => {
        this.#connections.delete(closed);
        metrics.connections = this.#connections.size;
      },
    });
    this.#connections.add(connection);
    metrics.connections = this.#connections.size;
    return connection;
  }

  #turnAway(socket: RelaySocket, isStopped: boolean): RelayConnection {
    const error = isStopped ? 'shutting_down' : 'too_many_connections';
    this.#context.metrics.countRefused(error);
    const retryAfterMs = isStopped ? this.#retryMs() : FULL_RETRY_MS;
    socket.send(encodeFrame(0, [{ type: 'goodbye', error, retryAfterMs }]));
    socket.close(CLOSE_TRY_LATER);
    return REFUSED;
  }

  async stop(): Promise<void> {
    if (this.#context.isStopped) return;
    this.#context.isStopped = true;
    for (const connection of this.#connections) connection.announceStop(this.#retryMs());
    this.#context.verifier.stop();
    this.#context.watch.stop();
    await this.#allSettled();
    // The acks of the last commit are in the outboxes now.
    for (const document of this.#context.documents) document.outbox.flush();
    for (const connection of [...this.#connections]) connection.hangUp();
    for (const document of [...this.#context.documents]) this.#context.documents.drop(document);
    this.#shared.stop();
    await this.#context.bus.close();
  }

  /** Spread, so that not all come back in the same second. */
  #retryMs(): number {
    const { random, bus } = this.#context;
    const [chance = 0] = random(1);
    const [min, spread] = bus.isShared
      ? [HANDOVER_RETRY_MIN_MS, HANDOVER_RETRY_SPREAD_MS]
      : [STOP_RETRY_MIN_MS, STOP_RETRY_SPREAD_MS];
    return min + Math.floor((chance / 256) * spread);
  }

  #settled(): void {
    if (this.#whenSettled !== undefined && this.#context.metrics.uncommittedBytes === 0) this.#whenSettled();
  }

  #allSettled(): Promise<void> {
    if (this.#context.metrics.uncommittedBytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenSettled = resolve;
    });
  }

  #armTick(): void {
    this.#context.clock.setTimeout(() => {
      if (this.#context.isStopped) return;
      this.#tick();
      this.#armTick();
    }, TICK_MS);
  }

  #tick(): void {
    const { clock, documents, metrics, config, census } = this.#context;
    const now = clock.now();
    for (const document of documents) {
      if (document.ended === undefined && document.goneBy(now) === 'expired') void expire(this.#context, document);
    }
    documents.evictIdle();
    census.tick();
    metrics.documentsOpen = documents.size;
    if (now < this.#nextSweepMs || this.#sweeping) return;
    this.#nextSweepMs = now + config.limits.sweepIntervalMs;
    this.#shared.visitors.sweep();
    void this.#sweep();
  }

  /** ORD-4: in small batches, so that nobody waits. */
  async #sweep(): Promise<void> {
    const { store, clock, config, metrics, log } = this.#context;
    this.#sweeping = true;
    for (;;) {
      const swept = await store.sweep(Math.floor(clock.now() / 1000), config.limits.sweepBatch);
      if (typeof swept === 'string') {
        log.warn({ failure: swept }, 'expired documents could not be removed; next time');
        break;
      }
      metrics.documentsEnded += swept.expired;
      if (!swept.more || this.#context.isStopped) break;
    }
    for (const document of this.#context.documents) {
      if (document.header.retention > 0 && document.historyBytes > 0) await recountHistory(this.#context, document);
    }
    this.#sweeping = false;
  }
}

/** Starts working at once: its timers run until `stop`. */
export function createRelay(deps: RelayDeps): Relay {
  return new RelayCore(deps);
}
