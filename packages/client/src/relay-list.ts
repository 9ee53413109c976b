/**
 * Keeps the list of relays in the header true (CHK-11). When a relay that it names is not there and others keep the document
 * instead, the owner's client signs a new list, after a while and after it has been served by each that it adds.
 */
import type { RelayEntry, Replica, Vector } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { Timer } from './ports.ts';
import type { HostPlace } from './relay-address.ts';
import { entriesOf, originOfSocket, socketOfOrigin } from './relay-address.ts';
import type { Route } from './route.ts';
import { visit } from './visit.ts';

const MAX_RELAYS = 3;
/** So many that are there are enough. */
const ENOUGH = 2;
const MAX_DOUBLINGS = 5;

export interface Listed extends HostPlace {
  isThere: boolean;
  /** Not there for long. */
  isGone: boolean;
}

/** The list that is to be signed, those that are there first; undefined: the one that is will do. `others` keep the document, too. */
export function nextList(listed: readonly Listed[], others: readonly HostPlace[]): HostPlace[] | undefined {
  const there = listed.filter(({ isThere }) => isThere);
  const away = listed.filter(({ isThere, isGone }) => !isThere && !isGone);
  const gone = listed.filter(({ isThere, isGone }) => !isThere && isGone);
  if (away.length + gone.length === 0) return undefined;
  const room = Math.min(ENOUGH - there.length, MAX_RELAYS - there.length - away.length);
  const added = others.slice(0, Math.max(0, room));
  const good = [...there, ...added];
  const rest = good.length >= ENOUGH ? away : [...away, ...gone];
  const next = [...good, ...rest].slice(0, MAX_RELAYS);
  return added.length > 0 || next.length < listed.length ? next : undefined;
}

export interface RelayListPorts {
  log: Log;
  route: Route;
  ports: LogPorts;
}

export class RelayList {
  readonly #log: Log;
  readonly #route: Route;
  readonly #ports: LogPorts;
  /** As the relay that is connected says. */
  #replicas: readonly Replica[] = [];
  /** Since when a listed relay is not there, by its host id. */
  readonly #awaySince = new Map<string, number>();
  #timer: Timer | undefined;
  #isBusy = false;
  #failures = 0;

  constructor({ log, route, ports }: RelayListPorts) {
    this.#log = log;
    this.#route = route;
    this.#ports = ports;
    if (log.keys.ownerSigner === undefined) return;
    log.events.on('header', () => this.#look());
    log.events.on('replicas', (replicas) => {
      this.#replicas = replicas;
      this.#look();
    });
    log.events.on('phase', (phase) => {
      // It is said again after Opened.
      if (phase !== 'live' && phase !== 'catchingUp') this.#replicas = [];
      if (phase === 'down') this.#awaySince.clear();
      this.#look();
    });
  }

  stop(): void {
    this.#ports.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #connected(): string | undefined {
    const { socket } = this.#route;
    return this.#log.phase === 'live' && socket !== undefined ? originOfSocket(socket) : undefined;
  }

  #look(): void {
    const connected = this.#connected;
    const isTrue = connected === undefined || this.#listed(connected).every(({ isThere }) => isThere);
    if (isTrue) this.#failures = 0;
    if (isTrue) return this.stop();
    if (this.#timer !== undefined || this.#isBusy) return;
    const { clock, random, timing } = this.#ports;
    const afterMs = timing.relaysAfterMs * 2 ** Math.min(this.#failures, MAX_DOUBLINGS);
    this.#timer = clock.setTimeout(() => void this.#tick(), afterMs * (1 + random()));
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    const connected = this.#connected;
    if (connected === undefined) return;
    this.#isBusy = true;
    const isDone = await this.#renew(connected);
    this.#isBusy = false;
    this.#failures = isDone ? 0 : this.#failures + 1;
    this.#look();
  }

  #listed(connected: string): Listed[] {
    const { clock, timing } = this.#ports;
    const now = clock.now();
    const reached = new Set(this.#replicas.filter(({ isReached }) => isReached).map(({ hostId }) => toHex(hostId)));
    return (this.#log.header?.relays ?? []).map((entry) => {
      const hostId = toHex(entry.hostId);
      const isThere = entry.url === connected || reached.has(hostId);
      if (isThere) this.#awaySince.delete(hostId);
      else if (!this.#awaySince.has(hostId)) this.#awaySince.set(hostId, now);
      const awayMs = now - (this.#awaySince.get(hostId) ?? now);
      return { hostId, url: entry.url, isThere, isGone: !isThere && awayMs >= timing.relayGoneMs };
    });
  }

  /** The relay that is connected, and those that it reaches; without those that are listed. */
  #others(connected: string, listed: readonly Listed[]): HostPlace[] {
    const reached = this.#replicas.filter(({ isReached }) => isReached);
    const places = reached.map(({ hostId, url }) => ({ hostId: toHex(hostId), url }));
    // Who it is it says when it is visited.
    const self = { hostId: '', url: connected };
    return [self, ...places].filter(
      ({ hostId, url }) => !listed.some((one) => one.hostId === hostId || one.url === url),
    );
  }

  /** False: tried in vain. */
  async #renew(connected: string): Promise<boolean> {
    const { header } = this.#log;
    const listed = this.#listed(connected);
    const others = this.#others(connected, listed);
    if (nextList(listed, others) === undefined) return true;
    // That one relay does not reach another tells little: who serves this client is there.
    for (const one of listed) if (!one.isThere && (await this.#visit(one, [])) !== undefined) one.isThere = true;
    for (const { hostId, isThere } of listed) if (isThere) this.#awaySince.delete(hostId);
    const next = nextList(listed, await this.#serving(listed, others));
    if (next === undefined || this.#connected !== connected || this.#log.header?.seq !== header?.seq) return false;
    const kept = (place: HostPlace): RelayEntry | undefined =>
      header?.relays.find(({ hostId }) => toHex(hostId) === place.hostId);
    const relays = next.flatMap((place) => kept(place) ?? entriesOf([place]));
    return (await this.#log.owner.change({ relays })).ok;
  }

  /** Of those that are needed the ones that serve the document to this client, and sign that they have it. */
  async #serving(listed: readonly Listed[], others: readonly HostPlace[]): Promise<HostPlace[]> {
    const serving: HostPlace[] = [];
    const { vector } = this.#log.compared.onDisk;
    for (const other of others) {
      const isNeeded = nextList(listed, [...serving, other])?.includes(other);
      const hostId = isNeeded === true ? await this.#visit(other, vector) : undefined;
      const isKnown = [...listed, ...serving].some((one) => one.hostId === hostId);
      if (hostId !== undefined && !isKnown) serving.push({ hostId, url: other.url });
    }
    return serving;
  }

  /** Its host id when it serves the document; undefined also when it is another host than the one that was named. */
  async #visit({ hostId, url }: HostPlace, wanted: Vector): Promise<string | undefined> {
    const socket = socketOfOrigin(url);
    const found = socket === undefined ? undefined : await visit(this.#log, this.#ports, socket, wanted);
    return hostId === '' || found === hostId ? found : undefined;
  }
}
