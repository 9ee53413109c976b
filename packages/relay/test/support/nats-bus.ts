/** Buses over NATS for tests, closed when the test ends. */
import { expect, onTestFinished } from 'vitest';
import type { Bus, BusEvent } from '../../src/bus/bus.ts';
import type { NatsBus, NatsBusOptions } from '../../src/bus/nats.ts';
import { openNatsBus } from '../../src/bus/nats.ts';
import { systemClock } from '../../src/clock.ts';
import { random } from '../../src/crypto.ts';
import { silentLog } from '../../src/log.ts';
import type { NatsServer } from './nats.ts';
import { startNats } from './nats.ts';

/** Connecting again takes up to two seconds for each try. */
export const PATIENT = { timeout: 15_000 };

/** Subjects of this test alone. */
export function newPrefix(): string {
  return `test-${Buffer.from(random(8)).toString('hex')}`;
}

export async function openBus(url: string, options: Partial<NatsBusOptions> = {}): Promise<NatsBus> {
  const bus = await openNatsBus({
    servers: [url],
    prefix: 'archipel',
    processId: random(8),
    random,
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  onTestFinished(() => bus.close());
  return bus;
}

/** A server that this test may do anything to. */
export async function ownNats(args: readonly string[] = []): Promise<NatsServer> {
  const server = await startNats(args);
  onTestFinished(() => server.kill());
  return server;
}

export interface Ear {
  events: BusEvent[];
  changes(): number;
}

/** Resolves when the bus hears of all of them. */
export async function hearing(bus: Bus, ...docIds: Uint8Array[]): Promise<Ear> {
  const events: BusEvent[] = [];
  for (const docId of docIds) bus.subscribe(docId, (event) => events.push(event));
  const changes = (): number => events.filter(({ type }) => type === 'changed').length;
  await expect.poll(changes, PATIENT).toBe(docIds.length);
  events.length = 0;
  return { events, changes };
}

export const docIdOf = (n: number): Uint8Array => {
  const docId = new Uint8Array(20);
  new DataView(docId.buffer).setUint32(0, n);
  return docId;
};
export const record = (size: number): BusEvent => ({
  type: 'records',
  version: 0,
  after: 0,
  records: [{ position: 1, body: new Uint8Array(size) }],
});
