/** A relay without its sockets: whoever has one hands it over. Everything it depends on comes in one argument. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import { encodeFrame } from '@archipel/protocol';
import { recountHistory } from './primitives/log/checkpoint.ts';
import type { LogContext, RelayDeps } from './primitives/log/context.ts';
import { expire, takeAway } from './primitives/log/lifecycle.ts';
import { makeContext } from './primitives/log/make-context.ts';
import { Replication } from './replication/replication.ts';
import type { StoreFailure } from './store/store.ts';
import { Connection } from './ws/connection.ts';
import type { ConnectionInfo, RelayConnection, RelaySocket } from './ws/ends.ts';
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
/** Before it stops, other hosts get what they lack, so that people who go there find it. */
const LEVEL_MS = 1000;
const CLOSE_TRY_LATER = 1013;

export interface Relay {
  /** Greets a new socket. The caller then reports what happens to it. */
  connect(socket: RelaySocket, info: ConnectionInfo): RelayConnection;
  /** Another host comes (protocol §18). */
  connectPeer(socket: RelaySocket, info: ConnectionInfo): RelayConnection;
  /** The hosts that documents are shared with; undefined: none. */
  readonly replication: Replication | undefined;
  /** REM-2: the error after which what is taken down is still here. */
  takeAway(docId: Bytes): Promise<ErrorName | undefined>;
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
  readonly replication: Replication | undefined;
  #whenSettled: (() => void) | undefined;

  constructor(deps: RelayDeps) {
    this.#context = makeContext(deps, () => this.#settled());
    this.#shared = createVisitors(deps);
    this.#nextSweepMs = deps.clock.now();
    this.replication = replicationOf(this.#context);
    this.replication?.start();
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

  /** Hosts count as visitors do, so that nobody takes all connections by claiming to be one. */
  connectPeer(socket: RelaySocket, { address }: ConnectionInfo): RelayConnection {
    const prefix = prefixOf(address);
    const { visitors } = this.#shared;
    if (this.replication === undefined || this.#context.isStopped || !visitors.enter(prefix)) {
      socket.close(CLOSE_TRY_LATER);
      return REFUSED;
    }
    const line = this.replication.accept(socket);
    let isOpen = true;
    return {
      receive: (frame) => line.receive(frame),
      drained: () => line.drained(),
      closed: () => {
        if (isOpen) visitors.leave(prefix);
        isOpen = false;
        line.closed();
      },
    };
  }

  #turnAway(socket: RelaySocket, isStopped: boolean): RelayConnection {
    const error = isStopped ? 'shutting_down' : 'too_many_connections';
    this.#context.metrics.countRefused(error);
    const retryAfterMs = isStopped ? this.#retryMs() : FULL_RETRY_MS;
    socket.send(encodeFrame(0, [{ type: 'goodbye', error, retryAfterMs }]));
    socket.close(CLOSE_TRY_LATER);
    return REFUSED;
  }

  takeAway(docId: Bytes): Promise<ErrorName | undefined> {
    if (this.#context.isStopped) return Promise.resolve('unavailable');
    return takeAway(this.#context, docId);
  }

  async stop(): Promise<void> {
    if (this.#context.isStopped) return;
    this.#context.isStopped = true;
    for (const connection of this.#connections) connection.announceStop(this.#retryMs());
    this.#context.verifier.stop();
    this.#context.watch.stop();
    await this.#allSettled();
    await this.replication?.settle(LEVEL_MS);
    this.replication?.stop();
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

  /** PEER-9: history whose time is over stays while another host lacks it, unless that has been gone for long. Undefined: done. */
  async #spareHistory(nowSeconds: number): Promise<StoreFailure | undefined> {
    const { store, mirrors, config } = this.#context;
    const { sweepBatch, hostGoneMs } = config.limits;
    for (let kept = 0; mirrors !== undefined; ) {
      const page = await store.dueHistory(nowSeconds, kept, sweepBatch);
      if (typeof page === 'string') return page;
      for (const due of page) {
        if (mirrors.haveAll(due.docId, due.before)) kept += 1;
        else {
          const deferred = await store.deferHistory(due, nowSeconds + Math.ceil(hostGoneMs / 1000));
          if (deferred !== 'done') return deferred;
        }
      }
      if (page.length < sweepBatch) return undefined;
    }
    return undefined;
  }

  /** ORD-4: in small batches, so that nobody waits. */
  async #sweep(): Promise<void> {
    const { store, clock, config, metrics, log } = this.#context;
    this.#sweeping = true;
    for (;;) {
      const nowSeconds = Math.floor(clock.now() / 1000);
      const spared = await this.#spareHistory(nowSeconds);
      const swept = spared ?? (await store.sweep(nowSeconds, config.limits.sweepBatch));
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

function replicationOf(context: LogContext): Replication | undefined {
  if (context.replication === undefined) return undefined;
  const replication = new Replication(context, context.replication);
  // Made with the context, which it needs itself.
  (context as { mirrors: LogContext['mirrors'] }).mirrors = replication;
  return replication;
}

/** Starts working at once: its timers run until `stop`. */
export function createRelay(deps: RelayDeps): Relay {
  return new RelayCore(deps);
}
