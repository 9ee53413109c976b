/** This host among others: who it is, what it has room for, and whom it works with. */
import type { Portal } from '@archipel/directory/portal';
import { Prober } from '@archipel/directory/probe';
import { hostIdOf, isLoopbackOrigin, MAX_MANIFEST_BYTES } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config.ts';
import { random, verify } from '../crypto.ts';
import type { RelayMetrics } from '../metrics.ts';
import type { Blobs } from '../primitives/blob/blobs.ts';
import { StartError } from '../start-error.ts';
import type { MovableAdmissions } from '../store/admissions-sqlite.ts';
import { openAdmissions } from '../store/admissions-sqlite.ts';
import type { MovableLedger } from '../store/sqlite-ledger.ts';
import { openSqliteLedger } from '../store/sqlite-ledger.ts';
import { StoreOpenError } from '../store/store-error.ts';
import { NetworkAdmission } from './admission.ts';
import { Announcements } from './announcements.ts';
import { FilePlaces } from './file-places.ts';
import { Guests } from './guests.ts';
import { type Identity, loadIdentity } from './identity.ts';
import { Peers } from './peers.ts';
import { Places } from './places.ts';
import { Room } from './room.ts';
import { Served } from './served.ts';
import type { NetworkSettings } from './settings.ts';
import { DOCUMENTS, VoucherDesk } from './voucher-desk.ts';

export interface NetworkDeps {
  config: ServerConfig;
  metrics: RelayMetrics;
  clock: Clock;
}

/** Undefined: the settings do not speak of other hosts. Throws StartError. */
export function openNetwork(deps: NetworkDeps): Network | undefined {
  const { network, dataFolder } = deps.config;
  if (network === undefined) return undefined;
  const identity = loadIdentity(dataFolder);
  const admissions = usable(() => openAdmissions(dataFolder));
  try {
    return new Network(deps, { network, identity, admissions, ledger: usable(() => openSqliteLedger(dataFolder)) });
  } catch (error) {
    admissions.close();
    throw error;
  }
}

function usable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

interface Parts {
  network: NetworkSettings;
  identity: Identity;
  admissions: MovableAdmissions;
  ledger: MovableLedger;
}

/** While it serves. */
export interface Meeting {
  room: Room;
  desk: VoucherDesk;
  places: Places;
  served: Served;
  /** There is a line to this host again. */
  met(id: string): void;
  stop(): void;
}

export interface MeetingDeps {
  isWritable(): Promise<boolean>;
  /** A host that this one works with is there. */
  answered(id: string): void;
  /** Undefined: this process is none. */
  portal: Portal | undefined;
}

/** Somebody waits for the answer, and many may at once. */
const ASK_LIMITS = { totalMs: 3000, bodyMaxBytes: 1024, probesPerHost: 32, waitingPerHost: 256, probesTotal: 128 };

const DAY_SECONDS = 86_400;

export class Network {
  readonly #deps: NetworkDeps;
  readonly #settings: NetworkSettings;
  readonly #admissions: MovableAdmissions;
  readonly #guests: Guests;
  readonly identity: Identity;
  /** Which documents it keeps with others. */
  readonly ledger: MovableLedger;
  readonly room: Room;
  readonly admission: NetworkAdmission;
  /** What this host keeps of files; undefined: none. */
  files: Blobs | undefined;

  constructor(deps: NetworkDeps, { network: settings, identity, admissions, ledger }: Parts) {
    const { clock, metrics } = deps;
    this.#deps = deps;
    this.#settings = settings;
    this.#admissions = admissions;
    this.identity = identity;
    this.ledger = ledger;
    const present = (): number => metrics.people;
    this.room = new Room({ network: settings, admissions, clock, present, isDraining: () => ledger.isDraining });
    const copied = (id: string): number => ledger.takenSince(id, this.room.seconds - DAY_SECONDS);
    const guests = new Guests({ peers: settings.peers, admissions, room: this.room, copied });
    this.#guests = guests;
    this.admission = new NetworkAdmission({
      network: settings,
      identity,
      room: this.room,
      guests,
      verify,
      metrics,
      files: () => this.files,
    });
  }

  /** Who is asked for room and copies, and who asks here. */
  meet({ isWritable, answered, portal }: MeetingDeps): Meeting {
    const { config, clock, metrics } = this.#deps;
    const { identity, room } = this;
    const network = this.#settings;
    const common = { version: config.version, aboutUrl: network.url, allowLoopback: isLoopbackOrigin(network.url) };
    const prober = new Prober({ ...common, limits: ASK_LIMITS });
    const random01 = Math.random;
    const watcher = new Prober({ ...common, limits: { bodyMaxBytes: MAX_MANIFEST_BYTES } });
    const peers = new Peers({
      peers: network.peers,
      prober: watcher,
      verify,
      clock,
      random: random01,
      metrics,
      answered,
      confirmedUnits: (id) => portal?.confirmedUnits(id),
    });
    const note = (host: string, healthy: boolean): void => {
      if (healthy) metrics.servedWell += 1;
      else metrics.servedBadly += 1;
      peers.book.putSignal(host, DOCUMENTS, healthy);
      portal?.served(host, DOCUMENTS, healthy);
    };
    const served = new Served({ clock, random, note });
    const kept = (): Blobs | undefined => this.files;
    const guests = this.#guests;
    const desk = new VoucherDesk({ config, identity, room, guests, verify, random, metrics, isWritable, files: kept });
    const files = new FilePlaces({ network, room, peers, desk, prober, metrics, random: random01, files: kept });
    const id = hostIdOf(identity.publicKey);
    const asked = {
      config,
      network,
      id,
      room,
      peers,
      desk,
      served,
      files,
      prober,
      clock,
      random: random01,
      metrics,
      isWritable,
    };
    const met = (id: string): void => peers.hurry(id);
    return { room, desk, places: new Places(asked), served, met, stop: () => peers.stop() };
  }

  /** Documents that this host (its id in hexadecimal) created here by voucher today. */
  sent(id: string): number {
    return this.#guests.sent(id);
  }

  /** `isWritable`: false when nothing more can be stored. Rejects with StartError when the settings make no manifest. */
  begin(isWritable: () => Promise<boolean>): Promise<Announcements> {
    const { config, clock } = this.#deps;
    const { identity, room } = this;
    return Announcements.begin({ config, network: this.#settings, identity, clock, room, isWritable });
  }

  /** Its files are in this folder from now on. Throws StoreOpenError. */
  moveTo(folder: string): void {
    this.#admissions.moveTo(folder);
    this.ledger.moveTo(folder);
  }

  close(): void {
    this.#admissions.close();
    this.ledger.close();
  }
}
