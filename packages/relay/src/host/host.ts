/** A store, a bus and the relay on them, which can be exchanged for others while people stay. */
import type { Bytes, ErrorName } from '@archipel/protocol';
import type { Bus } from '../bus/bus.ts';
import { PROCESS_ID_BYTES } from '../bus/bus-codec.ts';
import { createLocalBus } from '../bus/local.ts';
import { systemClock } from '../clock.ts';
import type { BusConfig, ServerConfig } from '../config.ts';
import { random, sha256, verify, verifyNow } from '../crypto.ts';
import type { Log } from '../log.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Removals } from '../moderation/removals.ts';
import type { Admission } from '../primitives/log/admission.ts';
import type { Relay } from '../relay.ts';
import { createRelay } from '../relay.ts';
import type { DrainProgress } from '../replication/drain.ts';
import type { ReplicationDeps } from '../replication/hosts.ts';
import { StartError } from '../start-error.ts';
import type { NotedChange } from '../store/gate.ts';
import { Gate } from '../store/gate.ts';
import type { MoveDone, MoveProgress, SourceUser } from '../store/move.ts';
import { moveDocuments } from '../store/move.ts';
import { MoveError } from '../store/move-error.ts';
import type { MovableStore } from '../store/moving.ts';
import { openStore } from '../store/open.ts';
import type { StorePlace } from '../store/places.ts';
import { isSamePlace, nameOf } from '../store/places.ts';
import type { StoreFailure, StoreStatus } from '../store/store.ts';
import { StoreOpenError } from '../store/store-error.ts';
import type { ConnectionInfo, RelayConnection, RelaySocket } from '../ws/ends.ts';
import { Belongings, type BelongingsOptions, type Holdings } from './belongings.ts';
import type { MovePlan } from './control-messages.ts';
import type { HostFiles } from './host-files.ts';
import { Lobby } from './lobby.ts';
import { planMove } from './plan.ts';

/** While documents move people come back at once, spread a little: as many more milliseconds as there are connections, within limits. */
const BACK_MIN_MS = 200;
const BACK_SPREAD_MIN_MS = 300;
const BACK_SPREAD_MAX_MS = 2000;

export interface HostDeps {
  config: ServerConfig;
  metrics: RelayMetrics;
  log: Log;
  /** Undefined: this host keeps documents with no other. */
  replication?: ReplicationDeps | undefined;
  /** Undefined: whoever comes may create documents and open them. */
  admission: Admission | undefined;
  /** What this host has taken down. */
  removals: Removals;
  /** What goes along when the documents move. */
  files: HostFiles;
}
/** Where the documents are to go, and how the processes there are to tell each other of changes. */
export interface MoveOrder {
  to: StorePlace;
  bus: BusConfig;
}

/** Rejects with StartError when the store or the bus cannot be used. */
export async function openHost(deps: HostDeps): Promise<Host> {
  const { config } = deps;
  const store = await openStore(config.store, storeDeps(deps), 'host').catch((error: unknown) => {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  });
  try {
    return new Host(deps, { place: config.store, store, bus: await openBus(config.bus, deps.log) });
  } catch (error) {
    await store.close();
    throw error;
  }
}

function storeDeps({ config, metrics, log }: Omit<HostDeps, 'admission' | 'replication' | 'files' | 'removals'>) {
  const observeCommit = (seconds: number, records: number): void => metrics.observeCommit(seconds, records);
  return { limits: config.limits, log, observeCommit };
}

/** What a host does without is not in its memory. */
async function openBus(config: BusConfig, log: Log): Promise<HostBus> {
  const processId = random(PROCESS_ID_BYTES);
  if (config.kind === 'local') return { bus: createLocalBus(), isUp: undefined, processId };
  const { openNatsBus } = await import('../bus/nats.ts');
  const nats = await openNatsBus({ ...config, processId, random, clock: systemClock, log });
  return { bus: nats, isUp: () => nats.isUp, processId };
}

interface HostBus {
  bus: Bus;
  /** Undefined: this process is alone. */
  isUp: (() => boolean) | undefined;
  processId: Bytes;
}

/** What a relay closes stays open for the next one. */
function lent(bus: Bus): Bus {
  return {
    isShared: bus.isShared,
    publish: (docId, event) => bus.publish(docId, event),
    subscribe: (docId, receive) => bus.subscribe(docId, receive),
    announce: (message) => bus.announce(message),
    listen: (receive) => bus.listen(receive),
    close: () => Promise.resolve(),
  };
}

/** Where the documents are, and who hears of changes. */
interface Home {
  place: StorePlace;
  store: MovableStore;
  bus: HostBus;
}
type Report = (progress: MoveProgress) => void;

export class Host implements SourceUser {
  readonly #deps: HostDeps;
  #home: Home;
  #gate: Gate;
  #relay: Relay;
  /** While nobody serves. */
  #lobby: Lobby | undefined;
  #move: Promise<MoveDone> | undefined;
  readonly #stopping = new AbortController();
  /** Files and inboxes, which go where the documents go. */
  holdings: Holdings = { blobs: undefined, inboxes: undefined };
  /** The settings say where files are, or will when this process starts again. */
  #namesFiles: boolean;
  /** Awaited before whoever asked for the move hears of its end. */
  whenMoved: (place: StorePlace) => Promise<void> = () => Promise.resolve();

  constructor(deps: HostDeps, home: Home) {
    this.#deps = deps;
    this.#home = home;
    this.#namesFiles = deps.config.namesFiles;
    this.#gate = new Gate(home.store);
    this.#relay = this.#createRelay();
  }

  get place(): StorePlace {
    return this.#home.place;
  }

  get store(): MovableStore {
    return this.#home.store;
  }

  /** Undefined: this process is alone. */
  get isBusUp(): boolean | undefined {
    return this.#home.bus.isUp?.();
  }

  status(): Promise<StoreStatus> {
    return this.#home.store.status();
  }

  connect(socket: RelaySocket, { address, audience }: ConnectionInfo): RelayConnection {
    const info = { address, audience, backAfterMs: () => this.#backAfterMs() };
    return this.#lobby === undefined ? this.#relay.connect(socket, info) : this.#lobby.enter(socket, info);
  }

  /** Nobody comes while documents move: who wanted to comes again. */
  connectPeer(socket: RelaySocket, info: ConnectionInfo): RelayConnection {
    return this.#relay.connectPeer(socket, info);
  }

  /** Undefined: this process does not serve again. */
  #backAfterMs(): number | undefined {
    if (this.#lobby === undefined) return undefined;
    const [chance = 0] = random(1);
    const spreadMs = Math.min(BACK_SPREAD_MAX_MS, BACK_SPREAD_MIN_MS + this.#deps.metrics.connections);
    return BACK_MIN_MS + Math.floor((chance / 256) * spreadMs);
  }

  #createRelay(): Relay {
    const { config, metrics, log, replication, admission, removals } = this.#deps;
    return createRelay({
      store: this.#gate,
      bus: lent(this.#home.bus.bus),
      config,
      clock: systemClock,
      random,
      processId: this.#home.bus.processId,
      log,
      verify,
      verifyProof: verifyNow,
      sha256,
      metrics,
      replication,
      admission,
      removals,
    });
  }

  /**
   * Rejects with MoveError, or with StartError when the bus cannot be used; then everything is as before. It stays as it is now until
   * the settings say so as well.
   */
  move(order: MoveOrder, report: Report, signal: AbortSignal): Promise<MoveDone> {
    if (this.#move !== undefined) return Promise.reject(new MoveError('The documents are being moved already.'));
    const moving = this.#moveTo(order, report, AbortSignal.any([signal, this.#stopping.signal]));
    this.#move = moving;
    const ended = (): void => {
      this.#move = undefined;
    };
    moving.then(ended, ended);
    return moving;
  }

  async #moveTo({ to, bus }: MoveOrder, report: Report, signal: AbortSignal): Promise<MoveDone> {
    if (isSamePlace(to, this.place)) throw new MoveError(`The documents are in ${nameOf(to)} already.`);
    this.#checkPlace(to);
    const next = await this.#openNext(to, bus);
    const luggage = await this.#openLuggage(to, next);
    const { log, files } = this.#deps;
    const options = { source: this.store, target: next.store, from: nameOf(this.place), to: nameOf(to), user: this };
    const isStopping = (): boolean => this.#stopping.signal.aborted;
    log.info({ to: to.kind }, 'the documents begin to move');
    let done: MoveDone;
    try {
      const carry = (): string[] => files.carry(to);
      done = await moveDocuments({ ...options, clock: systemClock, report, luggage, carry, signal, isStopping });
    } catch (error) {
      log.warn({ reason: error instanceof MoveError ? error.message : 'a bug' }, 'the documents do not move');
      await this.#stay(error, next, luggage);
      throw error;
    }
    await this.#settleIn(next, luggage);
    log.info({ to: to.kind, ...done }, 'the documents have moved');
    return done;
  }

  async #openLuggage(to: StorePlace, next: Home): Promise<Belongings> {
    try {
      return await Belongings.open({ from: this.place, to, log: this.#deps.log, ...this.#held });
    } catch (error) {
      await next.store.close();
      await next.bus.bus.close();
      throw error instanceof StoreOpenError ? new MoveError(error.message) : error;
    }
  }

  get #held(): Pick<BelongingsOptions, 'folder' | 'namesFiles' | 'running'> {
    const folder = this.holdings.blobs?.place.folder;
    return { folder, namesFiles: this.#namesFiles, running: this.holdings };
  }

  #checkPlace(to: StorePlace): void {
    this.#deps.files.check(to, this.#deps.config.network !== undefined);
  }

  async plan({ to }: MoveOrder): Promise<MovePlan> {
    if (this.#move !== undefined) throw new MoveError('The documents are being moved already.');
    this.#checkPlace(to);
    const plan = await planMove(this.store, this.place, to, storeDeps(this.#deps), this.#held);
    await this.#unclaim(this.#home);
    return plan;
  }

  /** Others may come to a store whose changes they hear of. */
  #unclaim({ store, bus }: Home): Promise<void> {
    return store.unclaim(!bus.bus.isShared);
  }

  async #openNext(place: StorePlace, config: BusConfig): Promise<Home> {
    const store = await openStore(place, storeDeps(this.#deps), 'mover').catch((error: unknown) => {
      if (error instanceof StoreOpenError) throw new MoveError(error.message);
      throw error;
    });
    try {
      return { place, store, bus: await openBus(config, this.#deps.log) };
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Every document that this host alone holds goes to another one; undefined: it works with none. */
  async drain(
    report: (progress: DrainProgress) => void,
    signal: AbortSignal,
  ): Promise<DrainProgress | StoreFailure | undefined> {
    const { replication } = this.#relay;
    return replication?.drain((after, limit) => this.store.list(after, limit), report, signal);
  }

  stay(): void {
    this.#relay.replication?.stay();
  }

  /** Another host is there: a line to it is looked for at once. */
  hurry(id: string): void {
    this.#relay.replication?.hurry(id);
  }

  /** REM-2: the error after which what is taken down is still here. */
  takeAway(docId: Bytes): Promise<ErrorName | undefined> {
    return this.#relay.takeAway(docId);
  }

  note(): Promise<void> {
    return this.#gate.note();
  }

  get noted(): number {
    return this.#gate.noted;
  }

  takeNoted(): NotedChange[] {
    return this.#gate.takeNoted();
  }

  /** Everybody is told to come back soon; what was taken is committed and acknowledged. */
  async suspend(): Promise<void> {
    this.#lobby = new Lobby();
    await this.#relay.stop();
    await this.#gate.shut();
  }

  async #stay(error: unknown, next: Home, luggage: Belongings): Promise<void> {
    await next.store.close();
    await next.bus.bus.close();
    this.#gate.stopNoting();
    // Whoever ends the process knows why.
    if (error instanceof MoveError && error.serves === 'nobody') return luggage.close();
    this.#deps.files.undo();
    await luggage.undo();
    await this.#unclaim(this.#home);
    if (this.#lobby !== undefined) this.#serve(this.#home);
  }

  async #settleIn(next: Home, luggage: Belongings): Promise<void> {
    const before = this.#home;
    this.#deps.files.keep();
    await this.#unclaim(next);
    this.#namesFiles ||= next.place.kind === 'postgres';
    this.#serve(next);
    await luggage.keep();
    await before.store.close();
    await before.bus.bus.close();
    await this.whenMoved(next.place);
  }

  #serve(home: Home): void {
    this.#home = home;
    this.#gate = new Gate(home.store);
    this.#relay = this.#createRelay();
    this.#lobby?.leave((socket, info) => this.#relay.connect(socket, info));
    this.#lobby = undefined;
  }

  /** CON-8. A move that is under way is cancelled, or comes to its end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#move?.catch(() => undefined);
    await this.#relay.stop();
    this.#lobby?.leave((socket, info) => this.#relay.connect(socket, info));
    await this.#home.bus.bus.close();
  }

  /** After `stop`. */
  async close(): Promise<void> {
    await this.#home.store.close();
  }
}
