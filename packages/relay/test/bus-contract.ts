/** What every bus between processes must do, as a suite: an adapter's test is one call. Imported by tests only. */
import type { Bytes } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import type { Bus, BusEvent } from '../src/bus/bus.ts';

const MANY = 200;
const PATIENCE = 2000;

export interface BusUnderTest {
  /** Another process on the same bus; what it opens is closed by the caller of the suite. */
  open(): Promise<Bus>;
  /** Lets a few milliseconds go by. */
  pass(): Promise<void>;
  /** Cuts the line of the process that was opened first, or of all. Resolves when it is cut, with how to mend it. */
  interrupt(): Promise<() => void>;
}

type Prepare = () => Promise<BusUnderTest>;

let lastId = 0;

function newDocId(): Bytes {
  lastId += 1;
  const docId = new Uint8Array(20);
  new DataView(docId.buffer).setUint32(0, lastId);
  return docId;
}

function live(...bytes: number[]): BusEvent {
  return { type: 'live', body: Uint8Array.from(bytes) };
}

async function until(bus: BusUnderTest, condition: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < PATIENCE && !condition(); i++) await bus.pass();
  if (!condition()) throw new Error(`waited in vain: ${what}`);
}

interface Ear {
  /** All but `changed`. */
  events: BusEvent[];
  changes: number;
  stop(): void;
}

/** Subscribes and waits until it hears, as a process may before it reads the store. */
async function listenTo(under: BusUnderTest, bus: Bus, docId: Bytes): Promise<Ear> {
  const ear: Ear = { events: [], changes: 0, stop: () => undefined };
  ear.stop = bus.subscribe(docId, (event) => {
    if (event.type === 'changed') ear.changes += 1;
    else ear.events.push(event);
  });
  await until(under, () => ear.changes > 0, 'changed, once it hears');
  ear.changes = 0;
  return ear;
}

/** Runs the suite; `prepare` gives each test a bus of its own and cleans up by itself. */
export function describeBus(name: string, prepare: Prepare): void {
  describe(`bus contract: ${name}`, () => {
    testDelivery(prepare);
    testAudience(prepare);
    testAnnouncements(prepare);
    testInterruptions(prepare);
  });
}

function testDelivery(prepare: Prepare): void {
  it('every event arrives unharmed', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    expect(a.isShared).toBe(true);
    const docId = newDocId();
    const ear = await listenTo(under, b, docId);
    const records = [
      { position: 8, body: new Uint8Array(300).fill(1) },
      { position: 12, body: new Uint8Array(1).fill(2) },
    ];
    const events: BusEvent[] = [
      live(1, 2, 3),
      live(),
      { type: 'records', version: 3, after: 7, records },
      {
        type: 'records',
        version: 2 ** 40,
        after: 2 ** 50,
        records: [{ position: 2 ** 51, body: new Uint8Array(70_000) }],
      },
      { type: 'peers', process: new Uint8Array(8).fill(9), connections: 300, asks: true },
      { type: 'peers', process: new Uint8Array(8).fill(1), connections: 0, asks: false },
    ];
    for (const event of events) a.publish(docId, event);
    await until(under, () => ear.events.length >= events.length, 'all events');
    expect(ear.events).toEqual(events);
    a.publish(docId, { type: 'changed' });
    await until(under, () => ear.changes > 0, 'changed');
  });

  it('many arrive in their order', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    const docId = newDocId();
    const ear = await listenTo(under, b, docId);
    const sent = Array.from({ length: MANY }, (_, n) => live(n));
    for (const [n, event] of sent.entries()) {
      a.publish(docId, event);
      if (n % 10 === 9) await under.pass();
    }
    await until(under, () => ear.events.length >= MANY, 'all of many');
    expect(ear.events).toEqual(sent);
  });

  it('what was published before the end goes out, and afterwards nothing happens', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    const docId = newDocId();
    const ear = await listenTo(under, b, docId);
    a.publish(docId, live(1));
    await a.close();
    await until(under, () => ear.events.length > 0, 'the last word');
    a.publish(docId, live(2));
    a.announce(Uint8Array.of(1));
    a.subscribe(docId, () => expect.unreachable())();
    a.subscribe(docId, () => expect.unreachable());
    b.publish(docId, live(3));
    await under.pass();
    await a.close();
    expect(ear.events).toEqual([live(1)]);
  });
}

function testAudience(prepare: Prepare): void {
  it('nobody hears itself', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    const docId = newDocId();
    const [atA, atB] = [await listenTo(under, a, docId), await listenTo(under, b, docId)];
    a.publish(docId, live(1));
    a.publish(docId, { type: 'changed' });
    await until(under, () => atB.changes > 0, 'the others hear it');
    b.publish(docId, live(2));
    await until(under, () => atA.events.length > 0, 'an answer');
    expect([atA.events, atA.changes]).toEqual([[live(2)], 0]);
    expect(atB.events).toEqual([live(1)]);
  });

  it('documents do not mix, and all other processes hear', async () => {
    const under = await prepare();
    const [a, b, c] = [await under.open(), await under.open(), await under.open()];
    const [one, two] = [newDocId(), newDocId()];
    const ears = [await listenTo(under, b, one), await listenTo(under, b, two), await listenTo(under, c, one)] as const;
    a.publish(two, live(2));
    a.publish(one, live(1));
    await until(under, () => ears.every(({ events }) => events.length > 0), 'each its own');
    expect(ears.map(({ events }) => events)).toEqual([[live(1)], [live(2)], [live(1)]]);
  });

  it('who stopped hears nothing more, and who begins again does', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    const docId = newDocId();
    const first = await listenTo(under, b, docId);
    first.stop();
    first.stop();
    const second = await listenTo(under, b, docId);
    a.publish(docId, live(1));
    a.publish(docId, { type: 'changed' });
    await until(under, () => second.changes > 0, 'the second hears');
    expect(second.events).toEqual([live(1)]);
    expect([first.events, first.changes]).toEqual([[], 0]);
  });
}

function testAnnouncements(prepare: Prepare): void {
  it('announcements reach all others who listen', async () => {
    const under = await prepare();
    const [a, b, c] = [await under.open(), await under.open(), await under.open()];
    const heard = [a, b, c].map((bus) => {
      const messages: Bytes[] = [];
      return { messages, stop: bus.listen((message) => messages.push(message)) };
    });
    const [atA, atB, atC] = heard as [(typeof heard)[0], (typeof heard)[0], (typeof heard)[0]];
    a.announce(Uint8Array.of(1, 2));
    await until(under, () => atB.messages.length + atC.messages.length === 2, 'both others');
    atC.stop();
    b.announce(new Uint8Array(20_000).fill(3));
    await until(under, () => atA.messages.length > 0, 'the answer');
    a.announce(Uint8Array.of(4));
    await until(under, () => atB.messages.length > 1, 'the last one');
    expect(atA.messages).toEqual([new Uint8Array(20_000).fill(3)]);
    expect(atB.messages).toEqual([Uint8Array.of(1, 2), Uint8Array.of(4)]);
    expect(atC.messages).toEqual([Uint8Array.of(1, 2)]);
  });
}

function testInterruptions(prepare: Prepare): void {
  it('after an interruption everybody concerned hears `changed`, and then all as before', async () => {
    const under = await prepare();
    const [a, b] = [await under.open(), await under.open()];
    const [written, quiet, later] = [newDocId(), newDocId(), newDocId()];
    const quietAtA = await listenTo(under, a, quiet);
    const writtenAtB = await listenTo(under, b, written);
    const quietAtB = await listenTo(under, b, quiet);
    const mend = await under.interrupt();
    a.publish(written, { type: 'records', version: 0, after: 0, records: [{ position: 1, body: Uint8Array.of(1) }] });
    a.publish(written, live(1));
    a.announce(Uint8Array.of(1));
    const laterAtA: BusEvent[] = [];
    a.subscribe(later, (event) => laterAtA.push(event));
    quietAtB.stop();
    quietAtA.changes = 0;
    for (let i = 0; i < 5; i++) await under.pass();
    mend();
    // It was cut off itself, and may have missed something of any document.
    await until(under, () => quietAtA.changes > 0 && laterAtA.length > 0, 'changed, once the line is back');
    // It may never have noticed, but something was said that it did not hear.
    await until(under, () => writtenAtB.changes > 0, 'changed, for what could not be said');
    const before = quietAtA.events.length;
    b.publish(quiet, live(2));
    b.publish(later, live(3));
    a.publish(written, live(4));
    await until(under, () => quietAtA.events.length > before && writtenAtB.events.length > 0, 'all as before');
    await until(under, () => laterAtA.some(({ type }) => type === 'live'), 'what was subscribed to meanwhile');
    expect(quietAtA.events.at(-1)).toEqual(live(2));
    expect(writtenAtB.events.at(-1)).toEqual(live(4));
    expect([quietAtB.events, quietAtB.changes]).toEqual([[], 0]);
  });
}
