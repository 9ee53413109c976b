import { type Keys, linkFor, printLink } from '@archipel/protocol/secret';
import type { Room } from './peer.ts';

/** Keys of every document that the load made: a room keeps only its name. */
const keysByRoom = new Map<string, Keys>();

export function makeRoom(name: string, keys: Keys): Room {
  keysByRoom.set(name, keys);
  return { name };
}

export function keysOf(room: Room): Keys {
  const keys = keysByRoom.get(room.name);
  if (keys === undefined) throw new Error(`no document ${room.name}`);
  return keys;
}

/** The fragment that a person would have been given. */
export function linkTo(room: Room, cap: 'own' | 'edit'): string {
  return printLink(linkFor(keysOf(room), cap));
}
