import { describe, expect, it } from 'vitest';
import type { Placed, Placement, PlaceWish } from '../src/network/placement.ts';
import { Attempt } from '../src/portal/attempt.ts';

const PLACED: Placed = { kind: 'placed', relays: [], moved: false };

/** A page whose hosts give these answers, one after the other, and whose time moves when it is told to. */
function page(...answers: Placement[]) {
  const asked: PlaceWish[] = [];
  const went: (Placed | undefined)[] = [];
  let waiting: { delayMs: number; run: () => void } | undefined;
  const attempt = new Attempt({
    place: async (wish) => {
      asked.push(wish);
      return answers[asked.length - 1] ?? PLACED;
    },
    now: () => 1000,
    after: (delayMs, run) => {
      waiting = { delayMs, run };
      return () => {
        waiting = undefined;
      };
    },
    go: (placed) => went.push(placed),
  });
  const elapse = async (): Promise<void> => {
    waiting?.run();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { attempt, asked, went, elapse, delay: () => waiting?.delayMs };
}

describe('starting a document', () => {
  it('goes on where a host was found, and at the host of the page when nobody answers', async () => {
    const found = page(PLACED);
    await found.attempt.start({ country: 'FR' });
    expect(found.went).toEqual([PLACED]);
    expect(found.asked).toEqual([{ country: 'FR' }]);
    const alone = page({ kind: 'unreachable' });
    await alone.attempt.start({});
    expect(alone.went).toEqual([undefined]);
  });

  it('waits in the queue, comes nearer, and goes on by itself with its ticket', async () => {
    const full = page(
      { kind: 'full', retryAfterMs: 5000, ahead: 6, ticket: 'T' },
      { kind: 'full', retryAfterMs: 0, ahead: 0 },
    );
    await full.attempt.start({});
    expect(full.attempt.state.value).toEqual({ at: 'waiting', place: 7, again: 6000 });
    expect(full.delay()).toBe(5000);
    await full.elapse();
    expect(full.attempt.state.value).toEqual({ at: 'waiting', place: 1, again: 3000 });
    expect(full.went).toEqual([]);
    await full.elapse();
    expect(full.asked.slice(1)).toEqual([{ ticket: 'T' }, { ticket: 'T' }]);
    expect(full.went).toEqual([PLACED]);
    expect(full.attempt.state.value).toEqual({ at: 'rest' });
  });

  it('asks no more once the person stopped waiting', async () => {
    const full = page({ kind: 'full', retryAfterMs: 5000 });
    await full.attempt.start({});
    full.attempt.stop();
    await full.elapse();
    expect(full.asked).toHaveLength(1);
    expect(full.attempt.state.value).toEqual({ at: 'rest' });
  });

  it('says that nobody offers what is wished', async () => {
    const none = page({ kind: 'nobody' });
    await none.attempt.start({ country: 'TV' });
    expect(none.attempt.state.value).toEqual({ at: 'nobody' });
    expect(none.went).toEqual([]);
  });
});
