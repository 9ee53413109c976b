import { memoryLocks, memoryStorage } from '@archipel/client';
import { describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { startRelay } from './support/relay.ts';

describe('document', () => {
  it('goes from one to the other, and to a third who opens it afterwards', async () => {
    const relay = await startRelay();
    const anna = testClient();
    const first = await anna.create({ relay: relay.url });
    type(first, 'Hello');
    await first.flush();
    expect(first.state).toBe('saved');

    const ben = testClient();
    const second = await ben.open(first.links().edit ?? '', { relay: relay.url });
    await second.synced();
    expect(textOf(second)).toBe('Hello');
    type(second, ' world');
    await untilText([first, second], 'Hello world');
    await second.flush();
    await anna.close();
    await ben.close();

    const third = await testClient().open(first.links().view, { relay: relay.url });
    await third.synced();
    expect(textOf(third)).toBe('Hello world');
    expect(third.state).toBe('readonly');
    expect([...first.reports, ...second.reports, ...third.reports]).toEqual([]);
  });

  it('is written offline, reloaded, and created when the relay is there', async () => {
    const relay = await startRelay();
    await relay.stop();
    const storage = memoryStorage();
    const client = testClient({ storage, locks: memoryLocks() });
    const document = await client.create({ relay: relay.url });
    type(document, 'written on an island');
    await until(
      () => document.state,
      (state) => state === 'offline',
    );
    expect(document.unsaved).toBeGreaterThan(0);
    const { own = '', view } = document.links();
    await client.close();

    await relay.start();
    const again = await testClient({ storage, locks: memoryLocks() }).open(own, { relay: relay.url });
    expect(textOf(again)).toBe('written on an island');
    await again.flush();
    const reader = await testClient().open(view, { relay: relay.url });
    await reader.synced();
    expect(textOf(reader)).toBe('written on an island');
  });
});
