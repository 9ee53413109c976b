import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitsPerson, admitsSession } from '../src/admission.ts';
import { roomsToHandOff, unitsOfHandoff } from '../src/handoff.ts';
import { ROUTING } from '../src/limits.ts';

const CAPACITY = 100;
const roomsOf = (...sizes: number[]) => sizes.map((presentUnits) => ({ presentUnits }));
const sum = (rooms: readonly { presentUnits: number }[]): number =>
  rooms.reduce((total, { presentUnits }) => total + presentUnits, 0);
const sizesLeaving = (...sizes: number[]): number[] => {
  const rooms = roomsOf(...sizes);
  return roomsToHandOff(rooms, sum(rooms), CAPACITY).map(({ presentUnits }) => presentUnits);
};

describe('rule 8, handing rooms off', () => {
  test('nothing goes up to 85 % present', () => {
    expect(sizesLeaving(45, 30, 10)).toEqual([]);
  });

  test('a room that has outgrown the host goes', () => {
    expect(sizesLeaving(70, 10, 6)).toEqual([70]);
  });

  test('else the smallest that suffices, and several when none does', () => {
    expect(sizesLeaving(30, 30, 12, 10, 6)).toEqual([10]);
    expect(sizesLeaving(...Array.from({ length: 30 }, () => 3))).toEqual([3, 3, 3, 3]);
  });

  test('the next host is asked for the room and for its growth', () => {
    expect(unitsOfHandoff(2, 4)).toBe(6);
    expect(unitsOfHandoff(40, 4)).toBe(60);
  });

  test('what remains is under the soft limit, and no room goes without need', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 40 }), (sizes) => {
        const rooms = roomsOf(...sizes);
        const present = sum(rooms);
        const leaving = roomsToHandOff(rooms, present, CAPACITY);
        expect(new Set(leaving).size).toBe(leaving.length);
        const allows = present <= ROUTING.handoffShare * CAPACITY;
        expect(leaving.length === 0).toBe(allows);
        if (allows) return;
        const limit = ROUTING.softShare * CAPACITY;
        expect(present - sum(leaving)).toBeLessThanOrEqual(limit);
        expect(present - sum(leaving.slice(0, -1))).toBeGreaterThan(limit);
      }),
    );
  });
});

describe('rule 3, the limits a host keeps', () => {
  test('new sessions up to 80 % committed, people of sessions that are there up to 95 %', () => {
    const load = { capacityUnits: CAPACITY, presentUnits: 94, committedUnits: 76 };
    expect(admitsSession(load, 4)).toBe(true);
    expect(admitsSession(load, 4.1)).toBe(false);
    expect(admitsPerson(load)).toBe(true);
    expect(admitsPerson({ ...load, presentUnits: 94.1 })).toBe(false);
  });
});
