// How soon a line to another host is looked for again, and when people hear that it is away, in virtual time.
import { VirtualClock } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import { makeLimits } from '../src/index.ts';
import type { LogContext } from '../src/primitives/log/context.ts';
import type { CatchUp } from '../src/replication/catch-up.ts';
import type { PeerHost } from '../src/replication/hosts.ts';
import type { Link } from '../src/replication/link.ts';
import { Neighbour } from '../src/replication/neighbour.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** How long an attempt takes where nothing answers. */
const ATTEMPT_MS = 50;
const LINE = { isReady: true, isOpen: true, isDialled: true } as Link;

/** A neighbour that answers while `answers` says so; `chance`: of 256. */
function neighbourOf(chance = 0) {
  const clock = new VirtualClock();
  const state = { answers: false, dialled: [] as number[], told: [] as boolean[], end: (): void => {} };
  const config = { limits: makeLimits() };
  const context = { clock, random: () => new Uint8Array([chance]), config } as unknown as LogContext;
  const catchUp = { start: () => undefined, stop: () => undefined } as unknown as CatchUp;
  const neighbour: Neighbour = new Neighbour({
    context,
    peer: { id: 'aa' } as PeerHost,
    catchUp,
    connect: (ended) => {
      state.dialled.push(clock.now());
      if (!state.answers) return void clock.setTimeout(ended, ATTEMPT_MS);
      neighbour.reached(LINE);
      state.end = () => {
        neighbour.lost();
        ended();
      };
    },
    told: () => state.told.push(neighbour.isThere),
  });
  return { clock, state, neighbour };
}

/** In touch, then cut for so long; how long after its mending there is a line. */
async function healedAfter(cutMs: number, chance: number, hurries = false): Promise<number> {
  const { clock, state, neighbour } = neighbourOf(chance);
  state.answers = true;
  neighbour.dial();
  await clock.advance(MINUTE_MS);
  state.answers = false;
  state.end();
  await clock.advance(cutMs);
  state.answers = true;
  const mendedMs = clock.now();
  if (hurries) {
    // An attempt that is under way comes to nothing first.
    await clock.advance(ATTEMPT_MS);
    neighbour.hurry();
  }
  while (!neighbour.isReached) await clock.advance(10);
  neighbour.stop();
  return clock.now() - mendedMs;
}

describe('a line to another host', () => {
  it('that was cut for a moment is back within a moment, and after a long time within 15 s', async () => {
    for (const chance of [0, 255]) {
      expect(await healedAfter(4 * SECOND_MS, chance)).toBeLessThan(1 * SECOND_MS);
      expect(await healedAfter(20 * SECOND_MS, chance)).toBeLessThan(5 * SECOND_MS);
      expect(await healedAfter(MINUTE_MS * 60, chance)).toBeLessThanOrEqual(15 * SECOND_MS + 2 * ATTEMPT_MS);
    }
  });

  it('is looked for at once when there is reason to believe that the other is back', async () => {
    for (const chance of [0, 255]) expect(await healedAfter(60 * MINUTE_MS, chance, true)).toBeLessThan(300);
  });

  it('to a host that is gone is looked for seldom, however often somebody says that it is there', async () => {
    const { clock, state, neighbour } = neighbourOf();
    neighbour.dial();
    await clock.advance(60 * MINUTE_MS);
    const before = state.dialled.length;
    await clock.advance(MINUTE_MS);
    expect(state.dialled.length - before).toBeLessThanOrEqual(6);
    const said = state.dialled.length;
    for (let i = 0; i < 1000; i++) {
      neighbour.hurry();
      await clock.advance(1);
    }
    expect(state.dialled.length - said).toBeLessThanOrEqual(6);
    neighbour.stop();
  });

  it('[PEER-12] people hear that it is away after 30 s, once, and that it is back at once', async () => {
    const { clock, state, neighbour } = neighbourOf();
    state.answers = true;
    neighbour.dial();
    expect(state.told).toEqual([true]);
    state.end();
    await clock.advance(20 * SECOND_MS);
    expect([state.told, neighbour.isReached]).toEqual([[true], true]);
    state.answers = false;
    state.end();
    await clock.advance(29 * SECOND_MS);
    expect(state.told).toEqual([true]);
    await clock.advance(2 * SECOND_MS);
    expect(state.told).toEqual([true, false]);
    await clock.advance(60 * MINUTE_MS);
    expect(state.told).toEqual([true, false]);
    state.answers = true;
    await clock.advance(20 * SECOND_MS);
    expect(state.told).toEqual([true, false, true]);
    neighbour.stop();
  });

  it('that ends with this host leaves no timer behind', async () => {
    const { clock, state, neighbour } = neighbourOf();
    state.answers = true;
    neighbour.dial();
    neighbour.stop();
    state.end();
    await clock.advance(60 * MINUTE_MS);
    expect([state.dialled.length, state.told]).toEqual([1, [true]]);
  });
});
