import { describe, expect, it } from 'vitest';
import { createLocalBus } from '../src/bus/local.ts';
import { systemClock } from '../src/clock.ts';
import { sha256 } from '../src/crypto.ts';
import { decodeVisitors, encodeVisitors, KEY_BYTES, MAX_ENTRIES } from '../src/ws/visitors-codec.ts';
import type { SharedVisitors } from '../src/ws/visitors-share.ts';
import { createVisitors } from '../src/ws/visitors-share.ts';
import { sharedNats } from './support/nats.ts';
import { newPrefix, openBus } from './support/nats-bus.ts';
import { HandClock, idOf, LIMITS, Processes } from './support/visitors.ts';

function enterAll({ visitors }: SharedVisitors, prefix: string, tries = 10): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (visitors.enter(prefix)) count += 1;
  return count;
}

describe('visitors of several processes', () => {
  it('connections of a prefix count together, others are not concerned', () => {
    const processes = new Processes();
    const [a, b] = [processes.start(1), processes.start(2)];
    expect(enterAll(a, '192.0.2.1', 3)).toBe(3);
    processes.clock.pass(500);
    expect(enterAll(b, '192.0.2.1')).toBe(1);
    expect(enterAll(b, '192.0.2.2')).toBe(4);
    processes.clock.pass(500);
    expect(enterAll(a, '192.0.2.1')).toBe(0);
    a.visitors.leave('192.0.2.1');
    a.visitors.leave('192.0.2.1');
    processes.clock.pass(500);
    expect(enterAll(b, '192.0.2.1')).toBe(2);
  });

  it('documents created and opened count together, and what was let through at the same time is owed', () => {
    const processes = new Processes();
    const [a, b] = [processes.start(1), processes.start(2)];
    for (let i = 0; i < 4; i++) expect([a.visitors.create('p'), b.visitors.create('p')]).toEqual([0, 0]);
    for (let i = 0; i < 6; i++) expect([a.visitors.open('p'), b.visitors.open('p')]).toEqual([0, 0]);
    processes.clock.pass(500);
    // Eight of four, and twelve of ten, of which half a second gave back half a one.
    expect(a.visitors.create('p')).toBe(4500);
    expect(b.visitors.create('p')).toBe(4500);
    expect(b.visitors.open('p')).toBe(2500);
    expect(a.visitors.create('q')).toBe(0);
    processes.clock.pass(4500);
    expect(b.visitors.create('p')).toBe(0);
    processes.clock.pass(500);
    expect(a.visitors.create('p')).toBeGreaterThan(0);
    processes.clock.pass(60_000);
    for (const { visitors } of [a, b]) {
      visitors.sweep();
      expect(visitors.size).toBe(0);
    }
  });

  it('says something only when something happened, and everything now and then', () => {
    const processes = new Processes();
    const a = processes.start(1);
    a.visitors.enter('p');
    a.visitors.open('p');
    processes.clock.pass(4900);
    expect(processes.said.map((message) => decodeVisitors(message)?.isWhole)).toEqual([false]);
    processes.clock.pass(5000);
    expect(processes.said.map((message) => decodeVisitors(message)?.isWhole)).toEqual([false, true]);
    expect(decodeVisitors(processes.said[1] as Uint8Array)?.entries).toMatchObject([
      { connections: 1, creates: 0, opens: 0 },
    ]);
  });

  it('a process that begins later, or missed something, knows everything after a while', () => {
    const processes = new Processes();
    const a = processes.start(1);
    processes.loses = () => true;
    enterAll(a, 'p', 3);
    processes.clock.pass(600);
    processes.loses = () => false;
    const b = processes.start(2);
    processes.clock.pass(5000);
    expect(enterAll(b, 'p')).toBe(1);
  });

  it('a message that is lost never makes the limits stricter', () => {
    const processes = new Processes();
    const [a, b] = [processes.start(1), processes.start(2)];
    expect(enterAll(a, 'p', 4)).toBe(4);
    processes.clock.pass(500);
    expect(enterAll(b, 'p')).toBe(0);
    processes.loses = () => true;
    for (let i = 0; i < 4; i++) a.visitors.leave('p');
    processes.clock.pass(500);
    processes.loses = () => false;
    a.visitors.enter('q');
    processes.clock.pass(500);
    // That they left was lost; but that something was lost is known.
    expect(enterAll(b, 'p')).toBe(4);
  });

  it('what comes twice or too late is not counted again', () => {
    const processes = new Processes();
    const [a, b] = [processes.start(1), processes.start(2)];
    a.visitors.create('p');
    processes.clock.pass(500);
    const [said] = processes.said as [Uint8Array];
    for (let i = 0; i < 5; i++) processes.say(said);
    for (let i = 0; i < 3; i++) expect(b.visitors.create('p')).toBe(0);
  });

  it('a process that stops is forgotten at once, one that was killed after a while', () => {
    const processes = new Processes();
    const [a, b, c] = [processes.start(1), processes.start(2), processes.start(3)];
    enterAll(a, 'p', 2);
    enterAll(b, 'p', 2);
    processes.clock.pass(500);
    expect(enterAll(c, 'p')).toBe(0);
    a.stop();
    expect(enterAll(c, 'p')).toBe(2);
    processes.kill(2, b);
    processes.clock.pass(10_000);
    expect(enterAll(c, 'p')).toBe(0);
    processes.clock.pass(6000);
    expect(enterAll(c, 'p')).toBe(2);
  });

  it('thousands of prefixes go in messages of bounded size, not all at once', () => {
    const processes = new Processes();
    const [a, b] = [processes.start(1), processes.start(2)];
    const prefixes = Array.from({ length: 12_000 }, (_, n) => `10.0.${Math.floor(n / 256)}.${n % 256}`);
    for (const prefix of prefixes) expect(enterAll(a, prefix, 4)).toBe(4);
    processes.clock.pass(500);
    expect(processes.said.length).toBe(8);
    processes.clock.pass(500);
    expect(processes.said.length).toBe(12);
    for (const prefix of prefixes) expect(enterAll(b, prefix, 1)).toBe(0);
    processes.clock.pass(4000);
    expect(enterAll(b, prefixes[0] as string, 1)).toBe(0);
    expect(Math.max(...processes.said.map(({ length }) => length))).toBeLessThan(17_000);
    for (const message of processes.said) expect(Buffer.from(message).toString('latin1')).not.toContain('10.0.');
  });

  it('others cannot fill the memory with prefixes', () => {
    const processes = new Processes();
    const b = processes.start(2);
    let seq = 0;
    const flood = (round: number): void => {
      for (let at = 0; at < 150; at++) {
        const entries = Array.from({ length: MAX_ENTRIES }, (_, n) => ({
          key: String(round * 1_000_000 + at * MAX_ENTRIES + n).padStart(KEY_BYTES),
          connections: 1,
          creates: 0,
          opens: 0,
        }));
        seq += 1;
        processes.say(encodeVisitors({ process: idOf(9), seq, isWhole: at === 0, entries }));
      }
    };
    flood(1);
    expect(b.visitors.size).toBe(100_000);
    processes.clock.pass(1000);
    flood(2);
    expect(b.visitors.size).toBe(100_000);
    expect(enterAll(b, 'p')).toBe(4);
    processes.clock.pass(20_000);
    b.visitors.sweep();
    expect(b.visitors.size).toBe(1);
  });

  it('alone, nothing is said and no timer runs', () => {
    const clock = new HandClock();
    const deps = { bus: createLocalBus(), config: { limits: LIMITS }, clock, sha256, processId: idOf(1) };
    const { visitors, stop } = createVisitors(deps);
    clock.setTimeout = () => expect.unreachable();
    expect(visitors.enter('p')).toBe(true);
    stop();
  });

  it('over NATS', async () => {
    const { url } = await sharedNats();
    const prefix = newPrefix();
    const start = async (id: number): Promise<SharedVisitors> => {
      const bus = await openBus(url, { prefix, processId: idOf(id) });
      return createVisitors({ bus, config: { limits: LIMITS }, clock: systemClock, sha256, processId: idOf(id) });
    };
    const [a, b] = [await start(1), await start(2)];
    expect(enterAll(a, 'p', 3)).toBe(3);
    for (let i = 0; i < 4; i++) a.visitors.create('p');
    await expect.poll(() => b.visitors.size, { timeout: 5000 }).toBe(1);
    expect(b.visitors.create('p')).toBeGreaterThan(0);
    expect(enterAll(b, 'p')).toBe(1);
    a.stop();
    await expect.poll(() => enterAll(b, 'p'), { timeout: 5000 }).toBe(3);
    b.stop();
  });
});
