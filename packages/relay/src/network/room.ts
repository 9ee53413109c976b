/** Whether this host has room for something more: people now, documents today, and what it has promised to others. */
import { admitsPerson, admitsSession, type OwnLoad, ROUTING } from '@archipel/directory';
import type { Bytes } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Admissions, RoomPromise } from '../store/admissions.ts';
import type { NetworkSettings } from './settings.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;
const FORGET_MS = 60 * SECOND_MS;
/** When to come again where people are too many: they leave by and by. */
const CROWDED_RETRY_MS = 30 * SECOND_MS;
const DOCUMENTS = 'docs';

export interface RoomDeps {
  network: Pick<NetworkSettings, 'people' | 'capacity'>;
  admissions: Admissions;
  clock: Pick<Clock, 'now'>;
  /** People who have a document open now. */
  present(): number;
  /** The host is leaving: nothing new comes here. */
  isDraining(): boolean;
}

export class Room {
  readonly #deps: RoomDeps;
  #forgottenMs = 0;
  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  get isDraining(): boolean {
    return this.#deps.isDraining();
  }

  /** In UTC, counted from 1970. */
  get day(): number {
    return Math.floor(this.#deps.clock.now() / DAY_MS);
  }

  get seconds(): number {
    return Math.floor(this.#deps.clock.now() / SECOND_MS);
  }

  /** How many people there are, and how many are expected. */
  get load(): OwnLoad {
    const presentUnits = this.#deps.present();
    const { units } = this.#deps.admissions.promised(this.seconds);
    return { capacityUnits: this.#deps.network.people, presentUnits, committedUnits: presentUnits + units };
  }

  /** For somebody who comes by themselves. */
  get isOpen(): boolean {
    const { committedUnits, capacityUnits } = this.load;
    return this.#hasDocuments && committedUnits < ROUTING.softShare * capacityUnits;
  }

  /** For people who are sent here. */
  holds(units: number): boolean {
    return this.#hasDocuments && admitsSession(this.load, units);
  }

  /** For one person who comes to a document that is there. */
  get admitsPerson(): boolean {
    return admitsPerson(this.load);
  }

  get #hasDocuments(): boolean {
    const { network, admissions } = this.#deps;
    const { docsPerDay = Number.POSITIVE_INFINITY } = network.capacity;
    if (this.isDraining) return false;
    return admissions.count(this.day, DOCUMENTS) + admissions.promised(this.seconds).documents < docsPerDay;
  }

  /** When there may be room again. */
  get retryMs(): number {
    return this.#hasDocuments || this.isDraining ? CROWDED_RETRY_MS : this.untilTomorrowMs;
  }

  get untilTomorrowMs(): number {
    return DAY_MS - (this.#deps.clock.now() % DAY_MS);
  }

  /** Before the document is there: what is taken at the same time must see it. */
  takeDocument(): void {
    this.#forget();
    this.#deps.admissions.add(this.day, DOCUMENTS, 1);
  }

  /** It was not created after all. */
  giveBackDocument(): void {
    this.#deps.admissions.add(this.day, DOCUMENTS, -1);
  }

  promise(room: RoomPromise): void {
    this.#deps.admissions.promise(room);
  }

  takePromise(nonce: Bytes): RoomPromise | undefined {
    return this.#deps.admissions.takePromise(nonce, this.seconds);
  }

  #forget(): void {
    const nowMs = this.#deps.clock.now();
    if (Math.abs(nowMs - this.#forgottenMs) < FORGET_MS) return;
    this.#forgottenMs = nowMs;
    this.#deps.admissions.forget(this.day, this.seconds);
  }
}
