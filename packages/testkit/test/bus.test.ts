import { describeBus } from '@archipel/relay/bus-contract';
import { describe, expect, it } from 'vitest';
import { BusLines, type SimulatedBus, seededRandom, VirtualClock } from '../src/index.ts';

const WEATHER = { minDelayMs: 0, maxDelayMs: 4, lose: 0, repeat: 0, reorder: 0 };

describeBus('simulated', async () => {
  const clock = new VirtualClock();
  const lines = new BusLines(clock, seededRandom(1), WEATHER);
  let first: SimulatedBus | undefined;
  return {
    open: async () => {
      const bus = lines.join();
      first ??= bus;
      return bus;
    },
    pass: () => clock.advance(5),
    interrupt: async () => {
      first?.cut();
      return () => first?.mend();
    },
  };
});

describe('a bus in bad weather', () => {
  it('loses, repeats and reorders, the same for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      const clock = new VirtualClock();
      const lines = new BusLines(clock, seededRandom(7), { ...WEATHER, lose: 0.2, repeat: 0.2, reorder: 0.5 });
      const [from, to] = [lines.join(), lines.join()];
      const docId = new Uint8Array(20);
      const heard: number[] = [];
      to.subscribe(docId, (event) => event.type === 'live' && heard.push(event.body[0] as number));
      await clock.advance(10);
      for (let n = 0; n < 100; n++) from.publish(docId, { type: 'live', body: Uint8Array.of(n) });
      await clock.advance(100);
      return heard;
    };
    const heard = await run();
    expect(await run()).toEqual(heard);
    const distinct = new Set(heard);
    expect(distinct.size).toBeLessThan(100);
    expect(heard.length).toBeGreaterThan(distinct.size);
    expect([...distinct]).not.toEqual([...distinct].toSorted((a, b) => a - b));
  });
});
