import type { Document } from '@archipel/client';
import { decodeLive } from '@archipel/protocol';
import { keysFromLink, makeSession, webSuite } from '@archipel/protocol/secret';
import * as encoding from 'lib0/encoding';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, type, until, untilText } from './support/clients.ts';
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

  /** Presence made with the key of a link to read, which the relay passes on to Ben as it is. */
  async function forger(): Promise<{ ben: Document; say: Say; other: (id?: Uint8Array) => Say }> {
    const liar = new Liar();
    const ben = await join('edit', 'Ben', liar);
    const keys = await keysFromLink(webSuite, anna.links().view);
    if (!keys.ok) throw new Error(keys.error);
    const other = (id = webSuite.random(16)): Say => {
      const session = makeSession(webSuite, keys.value, 0, id);
      let next = 0;
      return async (plaintext, count = next++) =>
        liar.say({ type: 'liveData', live: await session.sealLive({ type: 3, count, plaintext }) });
    };
    return { ben, say: other(), other };
  }

  it('LIVE-6: a message that speaks of many, or too long, is ignored', async () => {
    const { ben, say } = await forger();
    await say(presenceOf([1, 'One'], [2, 'Two']));
    await say(presenceOf([3, 'x'.repeat(5000)]));
    await say(Uint8Array.of(1, 2, 3));
    await say(presenceOf([4, 'Four']));
    await untilNames(ben, ['Four']);
    expect(ben.awareness.meta.size).toBe(2);
    expect(ben.reports.map(({ rule, detail }) => `${rule} ${detail}`)).toEqual([
      'LIVE-6 presence speaks of one program',
      'LIVE-6 presence is too large',
      'LIVE-6 presence does not decode',
    ]);
  });

  it('LIVE-6: nobody speaks for another session, nor for us, and a crowd has its bound', async () => {
    const { ben, say, other } = await forger();
    await say(presenceOf([4, 'Four']));
    await untilNames(ben, ['Four']);
    const stranger = other();
    await stranger(presenceOf([4, 'Five']));
    await stranger(presenceOf([ben.awareness.clientID, 'Not Ben']));
    for (let client = 10; client < 610; client++) await stranger(presenceOf([client, 'Crowd']));
    await until(
      () => ben.awareness.meta.size,
      (size) => size === 501,
    );
    expect(namesSeenBy(ben)).toContain('Four');
    expect(namesSeenBy(ben)).not.toContain('Five');
    expect(ben.awareness.getLocalState()).toEqual({ name: 'Ben' });
  });

  it('LIVE-3: presence with a high count does not silence the updates of an editor’s session', async () => {
    const liar = new Liar();
    const ben = await join('edit', 'Ben', liar);
    let session: Uint8Array | undefined;
    liar.toClient = (message) => {
      const live = message.type === 'liveData' ? decodeLive(message.live) : undefined;
      if (live?.ok) session = live.value.session.slice();
      return message.type === 'records' ? [] : [message];
    };
    await until(
      () => anna.peers,
      (peers) => peers === 2,
    );
    type(anna, 'first');
    await untilText([ben], 'first');
    const keys = await keysFromLink(webSuite, anna.links().view);
    if (!keys.ok || session === undefined) throw new Error('no keys or no session');
    const forged = makeSession(webSuite, keys.value, 0, session);
    const plaintext = presenceOf([4, 'Four']);
    liar.say({ type: 'liveData', live: await forged.sealLive({ type: 3, count: 2 ** 52, plaintext }) });
    await untilNames(ben, ['Four']);
    type(anna, ' second');
    await untilText([ben], 'first second');
  });
});

type Say = (plaintext: Uint8Array, count?: number) => Promise<void>;

/** As y-protocols writes it. */
function presenceOf(...people: [client: number, name: string][]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, people.length);
  for (const [client, name] of people) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarString(encoder, JSON.stringify({ name }));
  }
  return encoding.toUint8Array(encoder);
}
