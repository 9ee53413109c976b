import { describe, expect, it } from 'vitest';
import type { AppendEntry, Store } from '../src/index.ts';
import { Author } from './support/author.ts';
import { hub, MemoryClient, openStore, relayOn } from './support/memory.ts';

/** A store that loses its answer to the next append: it was stored, and nobody knows. */
function losingAnswers(store: Store): { store: Store; loseNext: () => void } {
  let lose = false;
  const append = (entry: AppendEntry): void => {
    const loses = lose;
    lose = false;
    store.append({
      ref: entry.ref,
      session: entry.session,
      n: entry.n,
      body: entry.body,
      settle: (outcome) => entry.settle(loses ? 'unavailable' : outcome),
    });
  };
  const losing = new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return append;
      const value = target[name as keyof Store];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store: losing, loseNext: () => (lose = true) };
}

describe('a relay', () => {
  it('CON-5: when the outcome of a commit is not known nothing is acknowledged, and the truth is read from the store', async () => {
    const { store, loseNext } = losingAnswers(await openStore());
    const relay = relayOn(store);
    const author = new Author();
    const [writer, reader] = [new MemoryClient(relay), new MemoryClient(relay)];
    writer.send(0, { type: 'create', request: 1, header: author.headerBytes });
    await writer.next('created');
    const channel = await writer.open(author, 'edit');
    await reader.open(author, 'view');
    const session = author.session();
    const [first, second, third] = [session.record(), session.record(), session.record()];
    writer.send(channel, { type: 'append', record: first });
    await writer.next('ack');
    loseNext();
    writer.send(channel, { type: 'append', record: second });
    expect(await writer.next('refused')).toMatchObject({ error: 'unavailable', n: 1 });
    expect(writer.of('ack')).toHaveLength(1);
    await expect.poll(() => reader.records()).toEqual([first, second]);
    writer.send(channel, { type: 'append', record: second }, { type: 'append', record: third });
    await expect.poll(() => writer.of('ack').at(-1)?.have).toBe(3);
    await expect.poll(() => reader.records()).toEqual([first, second, third]);
  });

  it('CON-7: two relays on one store serve the readers of both', async () => {
    const store = await openStore();
    const join = hub();
    const relays = [relayOn(store, join()), relayOn(store, join())] as const;
    const author = new Author();
    const [here, there] = [new MemoryClient(relays[0]), new MemoryClient(relays[1])];
    here.send(0, { type: 'create', request: 1, header: author.headerBytes });
    await here.next('created');
    const channelHere = await here.open(author, 'edit');
    const channelThere = await there.open(author, 'edit');
    const [a, b] = [author.session(), author.session()];
    const fromHere = Array.from({ length: 10 }, () => a.record());
    const fromThere = Array.from({ length: 10 }, () => b.record());
    for (let i = 0; i < 10; i++) {
      here.send(channelHere, { type: 'append', record: fromHere[i] as Uint8Array });
      there.send(channelThere, { type: 'append', record: fromThere[i] as Uint8Array });
    }
    const live = a.live(4);
    here.send(channelHere, { type: 'live', live });
    expect((await there.next('liveData')).live).toEqual(live);
    await expect
      .poll(() => there.records().filter((record) => fromHere.some((own) => same(own, record))))
      .toEqual(fromHere);
    await expect
      .poll(() => here.records().filter((record) => fromThere.some((own) => same(own, record))))
      .toEqual(fromThere);
    expect(here.of('ack').at(-1)?.have).toBe(10);
    expect(here.of('liveData')).toEqual([]);
  });

  it('CON-8: a stopped relay turns newcomers away', async () => {
    const relay = relayOn(await openStore());
    const client = new MemoryClient(relay);
    await relay.stop();
    expect(client.of('goodbye')).toMatchObject([{ error: 'shutting_down' }]);
    expect(new MemoryClient(relay).of('goodbye')).toMatchObject([{ error: 'shutting_down' }]);
  });
});

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
