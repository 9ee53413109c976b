import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../src/bus/bus.ts';
import type { BusMessage } from '../src/bus/bus-codec.ts';
import {
  decodeBusMessage,
  encodeAnnouncement,
  encodeEvent,
  encodeMissed,
  PROCESS_ID_BYTES,
} from '../src/bus/bus-codec.ts';
import { createLocalBus } from '../src/bus/local.ts';
import { parseNatsServers } from '../src/bus/nats-servers.ts';

const number = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat());
const bytes = fc.uint8Array({ maxLength: 300 });
const processId = fc.uint8Array({ minLength: PROCESS_ID_BYTES, maxLength: PROCESS_ID_BYTES });
const anyEvent: fc.Arbitrary<BusEvent> = fc.oneof(
  fc.record({ type: fc.constant('live' as const), body: bytes }),
  fc.record({
    type: fc.constant('records' as const),
    version: number,
    after: number,
    records: fc.array(fc.record({ position: number, body: bytes }), { maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('changed' as const) }),
  fc.record({ type: fc.constant('peers' as const), process: bytes, connections: number, asks: fc.boolean() }),
);

function encodeMessage(process: Uint8Array, message: BusMessage): Uint8Array {
  if (message.type === 'event') return encodeEvent(process, message.event);
  return message.type === 'missed' ? encodeMissed(process) : encodeAnnouncement(process, message.body);
}

describe('what travels on a bus', () => {
  const anyMessage: fc.Arbitrary<BusMessage> = fc.oneof(
    fc.record({ type: fc.constant('event' as const), event: anyEvent }),
    fc.record({ type: fc.constant('announcement' as const), body: bytes }),
    fc.record({ type: fc.constant('missed' as const) }),
  );

  it('is read as it was written', () => {
    fc.assert(
      fc.property(processId, anyMessage, (process, message) => {
        expect(decodeBusMessage(encodeMessage(process, message))).toEqual({ process, message });
      }),
    );
  });

  it('what is cut, changed or invented is read as something or as nothing, and never throws', () => {
    fc.assert(
      fc.property(processId, anyMessage, fc.nat(), fc.nat(255), (process, message, place, byte) => {
        const whole = encodeMessage(process, message);
        decodeBusMessage(whole.subarray(0, place % whole.length));
        const changed = whole.slice();
        changed[place % whole.length] = byte;
        decodeBusMessage(changed);
      }),
    );
    fc.assert(fc.property(bytes, (invented) => void decodeBusMessage(invented)));
  });

  it('a message in which something is wrong is nothing', () => {
    const process = new Uint8Array(PROCESS_ID_BYTES).fill(1);
    const records = {
      type: 'records',
      version: 1,
      after: 2,
      records: [{ position: 3, body: Uint8Array.of(4) }],
    } as const;
    const whole = encodeEvent(process, { ...records, records: [...records.records] });
    const peers = encodeEvent(process, { type: 'peers', process, connections: 1, asks: true });
    const wrong = [
      new Uint8Array(0),
      whole.subarray(0, whole.length - 1),
      Uint8Array.of(...whole, 0),
      whole.map((value, at) => (at === PROCESS_ID_BYTES + 1 ? 99 : value)),
      peers.map((value, at) => (at === PROCESS_ID_BYTES + 2 ? 2 : value)),
      Uint8Array.of(...encodeEvent(process, { type: 'changed' }), 0),
      Uint8Array.of(...encodeMissed(process), 0),
    ];
    for (const message of wrong) expect(decodeBusMessage(message)).toBeUndefined();
  });

  it('another version says that something changed', () => {
    const later = encodeEvent(new Uint8Array(PROCESS_ID_BYTES), { type: 'live', body: Uint8Array.of(1) });
    later[0] = 2;
    expect(decodeBusMessage(later)?.message).toEqual({ type: 'event', event: { type: 'changed' } });
  });

  it('a process is named by 8 bytes', () => {
    expect(() => encodeEvent(new Uint8Array(7), { type: 'changed' })).toThrow(RangeError);
  });
});

describe('the bus of one process alone', () => {
  it('carries nothing', async () => {
    const bus = createLocalBus();
    const docId = new Uint8Array(20);
    expect(bus.isShared).toBe(false);
    const heard: unknown[] = [];
    const stops = [bus.subscribe(docId, (event) => heard.push(event)), bus.listen((message) => heard.push(message))];
    bus.publish(docId, { type: 'changed' });
    bus.announce(Uint8Array.of(1));
    await new Promise((resolve) => setImmediate(resolve));
    for (const stop of stops) stop();
    await bus.close();
    expect(heard).toEqual([]);
  });
});

describe('addresses of NATS', () => {
  it('credentials are taken out of them', () => {
    expect(parseNatsServers(['nats://a.example', 'nats://u:p%40ss@b.example:4223', 'nats://[::1]:4224/'])).toEqual({
      hosts: ['a.example', 'b.example:4223', '[::1]:4224'],
      isTls: false,
      auth: { user: 'u', pass: 'p@ss' },
    });
    expect(parseNatsServers(['tls://secret@a.example'])).toEqual({
      hosts: ['a.example'],
      isTls: true,
      auth: { token: 'secret' },
    });
    const seed = `SU${'A'.repeat(56)}`;
    expect(parseNatsServers([`nats://${seed}@a`, `nats://${seed}@b`])).toMatchObject({ auth: { nkeySeed: seed } });
  });

  it('what is wrong is said without them', () => {
    const wrong = (...addresses: string[]): string => {
      const parsed = parseNatsServers(addresses);
      return typeof parsed === 'string' ? parsed : 'nothing';
    };
    expect(wrong()).toContain('no address');
    for (const text of ['', 'a.example', '127.0.0.1:4222', 'nats://', 'nats://u:hunter2@', 'nats://u:hunt/er2@a:x']) {
      expect(wrong(text), text).toContain('an address is nats://host');
    }
    expect(wrong('ws://u:hunter2@a')).toContain('WebSocket');
    expect(wrong('redis://u:hunter2@a')).toContain('begins with nats://');
    expect(wrong('nats://u:hunter2@a/hunter2')).toContain('ends after the host');
    expect(wrong('nats://:hunter2@a')).toContain('names its user');
    expect(wrong('nats://u:hunter2%@a')).toContain('%25');
    expect(wrong('nats://a', 'tls://b')).toContain('either all');
    expect(wrong('nats://u:hunter2@a', 'nats://u:other@b')).toContain('the same user');
    for (const text of ['nats://u:hunter2@', 'ws://u:hunter2@a', 'nats://u:hunter2%@a', 'nats://u:hunt/er2@a:x']) {
      expect(wrong(text)).not.toMatch(/hunt/);
    }
  });
});
