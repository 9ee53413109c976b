import type { SeededRandom } from '@archipel/testkit';
import { admitsPerson, admitsSession, type ClassLoad } from '../src/index.ts';
import { MEAN_ROOM_UNITS } from './crowd.ts';

/** People together in one document or call. */
export class SimRoom {
  readonly size: number;
  /** Which router placed it: it hears how its people fare. */
  readonly door: number;
  host: SimHost | undefined;
  presentUnits = 0;
  /** People who have come, those included who were turned away. */
  arrivedUnits = 0;
  isOver = false;
  /** What its host keeps free for it while it is young. */
  reservedUnits = 0;
  isMoving = false;

  constructor(size: number, door: number) {
    this.size = size;
    this.door = door;
  }

  get committedUnits(): number {
    return Math.max(this.presentUnits, this.reservedUnits);
  }
}

/** A host: what it can carry, what it says it can, and who is there. */
export class SimHost {
  readonly index: number;
  readonly id: string;
  /** What it can carry. */
  readonly trueUnits: number;
  /** What it says: more, when it lies. */
  readonly capacityUnits: number;
  readonly rooms = new Set<SimRoom>();
  presentUnits = 0;
  committedUnits = 0;
  isAlive = true;
  isDraining = false;
  isWatched = false;
  nextHandoffMs = 0;
  /** The share of its load that it admits to. */
  shownShare = 1;

  constructor(index: number, trueUnits: number, capacityUnits: number) {
    this.index = index;
    this.id = `h${index}`;
    this.trueUnits = trueUnits;
    this.capacityUnits = capacityUnits;
  }

  get utilisation(): number {
    return this.presentUnits / this.trueUnits;
  }

  /** Keeps room for a session, or says "full". */
  grants(units: number): boolean {
    if (this.isDraining || !admitsSession(this, units)) return false;
    this.committedUnits += units;
    return true;
  }

  /** Whether one more may come to a room that is here. */
  admits(): boolean {
    return admitsPerson(this);
  }

  /** A room comes, for which `reservedUnits` were granted before. */
  enter(room: SimRoom, reservedUnits: number): void {
    this.rooms.add(room);
    room.host = this;
    room.reservedUnits = reservedUnits;
    this.presentUnits += room.presentUnits;
    this.committedUnits += room.committedUnits - reservedUnits;
  }

  leave(room: SimRoom): void {
    this.rooms.delete(room);
    room.host = undefined;
    this.presentUnits -= room.presentUnits;
    this.committedUnits -= room.committedUnits;
  }

  join(room: SimRoom): void {
    const before = room.committedUnits;
    room.presentUnits += 1;
    this.presentUnits += 1;
    this.committedUnits += room.committedUnits - before;
  }

  /** The room is no longer young: what it did not fill is free again. */
  release(room: SimRoom): void {
    const before = room.committedUnits;
    room.reservedUnits = 0;
    this.committedUnits += room.committedUnits - before;
  }

  load(): ClassLoad {
    return {
      capacityUnits: this.capacityUnits,
      presentUnits: this.shownShare * this.presentUnits,
      committedUnits: this.shownShare * this.committedUnits,
      accepting: admitsSession(this, MEAN_ROOM_UNITS),
      draining: this.isDraining,
    };
  }
}

const SMALLEST_UNITS = 20;
const SPREAD = 100;
const BOAST = 10;

/** Hosts whose capacities lie a hundred times apart, as many in each octave; `liars` is the share of those that boast. */
export function makeHosts(count: number, liars: number, random: SeededRandom): SimHost[] {
  const boasting = new Set(shuffled(count, random).slice(0, Math.round(count * liars)));
  return Array.from({ length: count }, (_, index) => {
    const units = Math.round(SMALLEST_UNITS * SPREAD ** ((index + 0.5) / count));
    return new SimHost(index, units, boasting.has(index) ? BOAST * units : units);
  });
}

export function shuffled(count: number, random: SeededRandom): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random.below(index + 1);
    const kept = order[index] as number;
    order[index] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
