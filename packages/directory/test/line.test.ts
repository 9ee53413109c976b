import { seededRandom } from '@archipel/testkit';
import { describe, expect, test } from 'vitest';
import { ROUTING } from '../src/limits.ts';
import { WaitingLine } from '../src/line.ts';

const { next } = seededRandom(1);

/** A line with so many in it; their tickets. */
function lineOf(count: number): { line: WaitingLine; tickets: (string | undefined)[] } {
  const line = new WaitingLine();
  return { line, tickets: Array.from({ length: count }, () => line.wait(undefined, 0, next).ticket) };
}

describe('rule 4, a place in the queue', () => {
  test('each hears how many are before them and when to come back, later ones not earlier', () => {
    const line = new WaitingLine();
    const places = Array.from({ length: 100 }, () => line.wait(undefined, 0, next));
    expect(places.map(({ ahead }) => ahead)).toEqual(places.map((_, index) => index));
    const times = places.map(({ comeBackInMs }) => comeBackInMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBe(ROUTING.comeBackMinMs);
    expect(times[99]).toBe(99 * ROUTING.firstPlaceMs);
  });

  test('who comes at their time goes before who comes first now; who comes too early waits', () => {
    const { line, tickets } = lineOf(1);
    expect(line.mustWait(undefined, ROUTING.comeBackMinMs)).toBe(true);
    expect(line.mustWait(tickets[0], ROUTING.comeBackMinMs - 1)).toBe(true);
    expect(line.mustWait(tickets[0], ROUTING.comeBackMinMs)).toBe(false);
  });

  test('who comes too early hears the same time again, who came in vain keeps the place', () => {
    const { line, tickets } = lineOf(3);
    const early = line.wait(tickets[2], 4000, next);
    expect(early).toEqual({ ticket: tickets[2], ahead: 2, comeBackInMs: ROUTING.comeBackMinMs - 4000 });
    const again = line.wait(tickets[2], ROUTING.comeBackMinMs, next);
    expect(again).toEqual({ ticket: tickets[2], ahead: 2, comeBackInMs: ROUTING.comeBackMinMs });
  });

  test('who is served frees the place, and the line is over when nobody comes back', () => {
    const { line, tickets } = lineOf(2);
    line.served(tickets[0], 1000);
    expect(line.wait(tickets[1], 1000, next).ahead).toBe(0);
    const endMs = ROUTING.comeBackMinMs + ROUTING.placeKeptMs;
    expect(line.size(endMs)).toBe(1);
    expect(line.size(endMs + 1)).toBe(0);
  });

  test('a ticket cannot be guessed from another', () => {
    const { line, tickets } = lineOf(2);
    const guessed = `0-${tickets[1]?.split('-')[1]}`;
    expect(line.mustWait(guessed, ROUTING.comeBackMinMs)).toBe(true);
    expect(line.wait(guessed, 0, next).ahead).toBe(2);
    expect(line.mustWait('nonsense', ROUTING.comeBackMinMs)).toBe(true);
  });

  test('the time per place follows how fast the line moves', () => {
    const { line, tickets } = lineOf(60);
    for (const [index, ticket] of tickets.slice(0, 50).entries()) line.served(ticket, 100 * index);
    const { ahead, comeBackInMs } = line.wait(tickets[59], 60_000, next);
    expect(ahead).toBe(9);
    expect(comeBackInMs).toBe(ROUTING.comeBackMinMs);
  });
});
