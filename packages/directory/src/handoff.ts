import { ROUTING } from './limits.ts';

/** A room on a host that may have to go elsewhere. */
export interface Room {
  presentUnits: number;
}

/**
 * The rooms a host should hand to another, so that what remains is under the soft limit; none while it is not crowded
 * (rule 8). A room that has outgrown the host goes first, as it is the one that grows; else the smallest that
 * suffices, so that few people notice. Each is then placed as a new session of its present size and room to grow.
 */
export function roomsToHandOff<R extends Room>(rooms: Iterable<R>, presentUnits: number, capacityUnits: number): R[] {
  if (presentUnits <= ROUTING.handoffShare * capacityUnits) return [];
  const left = [...rooms].sort((a, b) => a.presentUnits - b.presentUnits);
  const leaving: R[] = [];
  let excess = presentUnits - ROUTING.softShare * capacityUnits;
  while (excess > 0 && left.length > 0) {
    const index = roomToGo(left, excess, capacityUnits);
    const [room] = left.splice(index, 1);
    if (room === undefined || room.presentUnits <= 0) break;
    leaving.push(room);
    excess -= room.presentUnits;
  }
  return leaving;
}

/** What to ask the next host for, in units: a room that had to go once is likely to go on growing. */
export function unitsOfHandoff(presentUnits: number, meanUnits: number): number {
  return Math.max(presentUnits + meanUnits, 1.5 * presentUnits);
}

/** `rooms` from small to large. */
function roomToGo(rooms: readonly Room[], excess: number, capacityUnits: number): number {
  const largest = rooms.length - 1;
  if ((rooms[largest]?.presentUnits ?? 0) >= ROUTING.outgrownShare * capacityUnits) return largest;
  const sufficient = rooms.findIndex(({ presentUnits }) => presentUnits >= excess);
  return sufficient < 0 ? largest : sufficient;
}
