import { ROUTING } from './limits.ts';

/** What a host knows of itself in one service class; people at once. */
export interface OwnLoad {
  capacityUnits: number;
  presentUnits: number;
  committedUnits: number;
}

/** Whether a host promises room to a new session of so many people: its word is final (rule 3). */
export function admitsSession({ capacityUnits, committedUnits }: OwnLoad, units: number): boolean {
  return committedUnits + units <= ROUTING.softShare * capacityUnits;
}

/** Whether one more person may come to a session that is there already; above it only a handoff helps (rules 3, 8). */
export function admitsPerson({ capacityUnits, presentUnits }: OwnLoad): boolean {
  return presentUnits + 1 <= ROUTING.hardShare * capacityUnits;
}
