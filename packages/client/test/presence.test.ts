import type { Document } from '@archipel/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, until } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
let anna: Document;
beforeEach(async () => {
  relay = await startRelay();
  anna = await testClient().create({ relay: relay.url });
  await anna.flush();
});

const namesSeenBy = (document: Document): string[] =>
  [...document.awareness.getStates()]
    .filter(([client]) => client !== document.awareness.clientID)
    .map(([, state]) => String(state.name))
    .sort();

const untilNames = (document: Document, names: string[]): Promise<unknown> =>
  until(
    () => namesSeenBy(document),
    (seen) => seen.join() === names.join(),
  );

async function join(cap: 'edit' | 'view', name: string, liar = new Liar()): Promise<Document> {
  const document = await testClient({ socket: liar.socket }).open(anna.links()[cap] ?? '', { relay: relay.url });
  document.awareness.setLocalState({ name });
  await document.synced();
  return document;
}

describe('presence', () => {
  it('LIVE-1: all see all, readers too, whoever came first', async () => {
    anna.awareness.setLocalState({ name: 'Anna' });
    const ben = await join('edit', 'Ben');
    const cleo = await join('view', 'Cleo');
    await untilNames(anna, ['Ben', 'Cleo']);
    await untilNames(ben, ['Anna', 'Cleo']);
    await untilNames(cleo, ['Anna', 'Ben']);
    anna.awareness.setLocalStateField('name', 'Anna B.');
    await untilNames(cleo, ['Anna B.', 'Ben']);
  });

  it('who leaves is gone at once', async () => {
    const ben = await join('edit', 'Ben');
    await join('view', 'Cleo');
    await untilNames(anna, ['Ben', 'Cleo']);
    await ben.close();
    await untilNames(anna, ['Cleo']);
  });

  it('who is cut off is gone when nobody else is connected', async () => {
    anna.awareness.setLocalState({ name: 'Anna' });
    const liar = new Liar();
    const ben = await join('edit', 'Ben', liar);
    await untilNames(ben, ['Anna']);
    await relay.stop();
    await untilNames(ben, []);
    expect(ben.peers).toBe(0);
  });

  it('is sent to nobody while nobody is there, and never stored', async () => {
    const liar = new Liar();
    const alone = await testClient({ socket: liar.socket }).create({ relay: relay.url });
    await alone.flush();
    alone.awareness.setLocalState({ name: 'Alone' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(liar.asked.filter(({ type }) => type === 'live' || type === 'append')).toEqual([]);
  });

  it('many moves of a cursor make few messages', async () => {
    const liar = new Liar();
    const ben = await join('edit', 'Ben', liar);
    await untilNames(anna, ['Ben']);
    const before = liar.asked.length;
    for (let index = 0; index < 100; index++) ben.awareness.setLocalStateField('cursor', index);
    await until(
      () => [...anna.awareness.getStates().values()].map((state) => state.cursor),
      (seen) => seen.includes(99),
    );
    expect(liar.asked.length - before).toBeLessThan(5);
  });
});
