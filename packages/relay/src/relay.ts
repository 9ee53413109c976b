/** A relay without its sockets: whoever has one hands it over. Everything it depends on comes in one argument. */
import { encodeFrame } from '@archipel/protocol';
import { recountHistory } from './primitives/log/checkpoint.ts';
import type { LogContext, RelayDeps } from './primitives/log/context.ts';
import { Documents } from './primitives/log/documents.ts';
import { expire } from './primitives/log/lifecycle.ts';
import { Flusher } from './primitives/log/outbox.ts';
import { Verifier } from './primitives/log/verifier.ts';
import type { ConnectionInfo, RelayConnection, RelaySocket } from './ws/connection.ts';
import { Connection } from './ws/connection.ts';
import { prefixOf, Visitors } from './ws/visitors.ts';

const TICK_MS = 1000;
const STOP_RETRY_MIN_MS = 1000;
const STOP_RETRY_SPREAD_MS = 4000;
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
  readonly #visitors: Visitors;
  readonly #connections = new Set<Connection>();
  #nextSweepMs: number;
  #sweeping = false;
  #whenSettled: (() => void) | undefined;

  constructor(deps: RelayDeps) {
    const { clock, config, metrics } = deps;
    const { limits } = config;
    const context = { ...deps, outboxes: { clock, limits, metrics, flusher: new Flusher() }, isStopped: false };
    // These two know the context that holds them.
    const whole = context as unknown as LogContext & { documents: Documents; verifier: Verifier };
    whole.documents = new Documents(whole);
    whole.verifier = new Verifier(whole);
    whole.settled = () => this.#settled();
    this.#context = whole;
    this.#visitors = new Visitors(limits, () => clock.now());
    this.#nextSweepMs = clock.now();
    this.#armTick();
  }

  connect(socket: RelaySocket, info: ConnectionInfo): RelayConnection {
    const { metrics } = this.#context;
    const prefix = prefixOf(info.address);
    const isStopped = this.#context.isStopped;
    if (isStopped || !this.#visitors.enter(prefix)) return this.#turnAway(socket, isStopped);
    const connection = new Connection(socket, {
      context: this.#context,
      visitors: this.#visitors,
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
    socket.send(encodeFrame(0, [{ type: 'goodbye', error, retryAfterMs: FULL_RETRY_MS }]));
    socket.close(CLOSE_TRY_LATER);
    return REFUSED;
  }

  async stop(): Promise<void> {
    if (this.#context.isStopped) return;
    this.#context.isStopped = true;
    for (const connection of this.#connections) connection.announceStop(this.#retryMs());
    this.#context.verifier.stop();
    await this.#allSettled();
    // The acks of the last commit are in the outboxes now.
    for (const document of this.#context.documents) document.outbox.flush();
    for (const connection of [...this.#connections]) connection.hangUp();
    for (const document of [...this.#context.documents]) this.#context.documents.drop(document);
    await this.#context.bus.close();
  }

  /** Spread, so that not all come back in the same second. */
  #retryMs(): number {
    const [chance = 0] = this.#context.random(1);
    return STOP_RETRY_MIN_MS + Math.floor((chance / 256) * STOP_RETRY_SPREAD_MS);
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
    const { clock, documents, metrics, config } = this.#context;
    const now = clock.now();
    for (const document of documents) {
      if (document.ended === undefined && document.goneBy(now) === 'expired') expire(this.#context, document);
    }
    documents.evictIdle();
    metrics.documentsOpen = documents.size;
    if (now < this.#nextSweepMs || this.#sweeping) return;
    this.#nextSweepMs = now + config.limits.sweepIntervalMs;
    this.#visitors.sweep();
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
